/** Forms for operations, made of their description. */
export { Choice } from './choice';
export type { ChoiceOptions, Chosen } from './choice';
export { Form } from './form';
export { find, operations, parts } from './operations';
export type { Operation } from './operations';
export { parameters } from './parameters';
export type { Parameter, Value, Values } from './parameters';
export { withBytes } from './source';
export type { ChooseFile, FileSource } from './source';
export { plain } from '../ui/translate';
export type { Translate } from '../ui/translate';
