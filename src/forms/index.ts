/** Forms for operations, made of their description. */
export { Choice } from './choice';
export type { ChoiceOptions, Chosen } from './choice';
export { Form } from './form';
export type { Values } from './form';
export { find, operations } from './operations';
export type { Operation } from './operations';
export { parameters } from './parameters';
export type { Parameter, Value } from './parameters';
export { plain } from '../ui/translate';
export type { Translate } from '../ui/translate';
