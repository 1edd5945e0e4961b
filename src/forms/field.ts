import { freshId, make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import { label } from './label';
import type { Parameter, Reading } from './parameters';
import type { ChooseFile } from './source';

/** The control of one option, with its label, help and message. */
export interface Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  /** The value, if it is one that is allowed; else a message shows why it is not. */
  check(): Reading;
  focus(): void;
}

/** What fields need of the page that they are in. */
export interface Host {
  readonly trans: Translate;
  /** Where files are chosen; as a browser does it unless given. */
  readonly choose?: ChooseFile | undefined;
}

/** A field's looks. */
export interface Frame {
  readonly element: HTMLElement;
  /** Where the control is. */
  readonly row: HTMLElement;
  readonly help: HTMLElement;
  readonly message: HTMLElement;
  /** The id of the control that the label is of. */
  readonly id: string;
}

/** What all fields have around their controls. @param group Whether the label is one of several controls. */
export function frame({ name, docs, kind }: Parameter, group = false): Frame {
  const id = freshId();
  const words = label(name, docs);
  const row = make('div', { class: 'wasmcell-Field-control' });
  const help = make('div', { id: `${id}-help`, class: 'wasmcell-Field-help' }, docs === `${words}.` ? '' : docs);
  const message = make('div', { id: `${id}-message`, class: 'wasmcell-Field-message', role: 'alert' });
  const title = group
    ? make('span', { id: `${id}-label`, class: 'wasmcell-Field-label' }, words)
    : make('label', { for: id, class: 'wasmcell-Field-label' }, words);
  const element = make('div', { class: 'wasmcell-Field', 'data-kind': kind }, title, row, help, message);
  if (group) {
    element.setAttribute('role', 'group');
    element.setAttribute('aria-labelledby', `${id}-label`);
  }
  return { element, row, help, message, id };
}

/** Tells the form that something has changed that is no input of its own. */
export function changed(element: HTMLElement): void {
  element.dispatchEvent(new Event('input', { bubbles: true }));
}
