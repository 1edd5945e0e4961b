/** The workbench: one picture, its steps, and what they make of it. Plain DOM, for any page. */
export { Picture } from './picture';
export type { Screen } from './picture';
export type { Made } from './results';
export type { Box, Side, Sight } from './sight';
export { State, steps } from './state';
export type { Recipe } from './state';
export { fromJson, toJson } from './texts';
export type { PipelineJson } from './texts';
export { Workbench } from './workbench';
