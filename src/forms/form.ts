import { make } from '../ui/dom';
import { plain, type Translate } from '../ui/translate';
import { Field } from './field';
import type { Parameter, Value } from './parameters';

/** The values of a record, by jco's names. */
export type Values = Readonly<Record<string, Value>>;

/**
 * A form of some options. It is plain DOM without a framework, so that JupyterLab, widgets and other pages
 * can show it; its looks are in `style/form.css`.
 */
export class Form {
  readonly element: HTMLElement;
  readonly #fields: readonly Field[];

  /** @param values What is shown at first, in place of the defaults. */
  constructor(parameters: readonly Parameter[], values: Values = {}, trans: Translate = plain) {
    this.#fields = parameters.map(parameter => new Field(parameter, trans, values[parameter.key]));
    this.element = make('div', { class: 'wasmcell-Form' }, ...this.#fields.map(({ element }) => element));
  }

  /**
   * What is filled in; undefined, with messages beside the fields, if it is not sound.
   *
   * @param focus Whether the first field that is not sound gets the focus.
   */
  values({ focus = true } = {}): Values | undefined {
    const values: Record<string, Value> = {};
    let bad: Field | undefined;
    for (const field of this.#fields) {
      const reading = field.check();
      if ('problem' in reading) {
        bad ??= field;
      } else {
        values[field.parameter.key] = reading.value;
      }
    }
    if (focus) {
      bad?.focus();
    }
    return bad ? undefined : values;
  }
}
