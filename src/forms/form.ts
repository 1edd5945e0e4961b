import { make } from '../ui/dom';
import { plain, type Translate } from '../ui/translate';
import { fieldOf, readAll } from './compound';
import type { Field } from './field';
import type { Parameter, Values } from './parameters';
import type { ChooseFile } from './source';

/**
 * A form of some options. It is plain DOM without a framework, so that JupyterLab, widgets and other pages
 * can show it; its looks are in `style/form.css`.
 */
export class Form {
  readonly element: HTMLElement;
  readonly #fields: readonly Field[];

  /**
   * @param values What is shown at first, in place of the defaults.
   * @param choose Where files are chosen; as a browser does it unless given.
   */
  constructor(parameters: readonly Parameter[], values: Values = {}, trans: Translate = plain, choose?: ChooseFile) {
    this.#fields = parameters.map(parameter => fieldOf(parameter, { trans, choose }, values[parameter.key]));
    this.element = make('div', { class: 'wasmcell-Form' }, ...this.#fields.map(({ element }) => element));
  }

  /**
   * What is filled in; undefined, with messages beside the fields, if it is not sound.
   *
   * @param focus Whether the first field that is not sound gets the focus.
   */
  values({ focus = true } = {}): Values | undefined {
    const read = readAll(this.#fields);
    if ('values' in read) {
      return read.values;
    }
    if (focus) {
      read.bad.focus();
    }
    return undefined;
  }
}
