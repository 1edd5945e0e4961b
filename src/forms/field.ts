import { freshId, make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import { label } from './label';
import { read, type Parameter, type Reading, type Value } from './parameters';
import { hasSlider, rangeOf } from './range';

/** The control of one option, with its label, help and message. */
export class Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  readonly #control: HTMLInputElement | HTMLSelectElement;
  readonly #message: HTMLElement;
  readonly #trans: Translate;

  /** @param value What is shown at first; the default if undefined. */
  constructor(parameter: Parameter, trans: Translate, value: Value = undefined) {
    this.parameter = parameter;
    this.#trans = trans;
    const id = freshId();
    this.#control = control(parameter, value ?? parameter.default, trans);
    this.#control.id = id;
    this.#control.name = parameter.name;
    this.#control.setAttribute('aria-describedby', `${id}-help ${id}-message`);
    this.#message = make('div', { id: `${id}-message`, class: 'wasmcell-Field-message', role: 'alert' });
    const help = make('div', { id: `${id}-help`, class: 'wasmcell-Field-help' }, this.#help());
    const unit = parameter.unit ? [make('span', { class: 'wasmcell-Field-unit' }, parameter.unit)] : [];
    const title = make('label', { for: id, class: 'wasmcell-Field-label' }, label(parameter.name, parameter.docs));
    const slider = hasSlider(parameter) ? [rangeOf(parameter, this.#control as HTMLInputElement)] : [];
    const row = make('div', { class: 'wasmcell-Field-control' }, this.#control, ...unit, ...slider);
    this.element = make('div', { class: 'wasmcell-Field', 'data-kind': parameter.kind }, title, row, help, this.#message);
    this.#control.addEventListener('input', () => this.check());
    this.#control.addEventListener('change', () => {
      this.check();
      help.textContent = this.#help();
    });
  }

  /** The value, if it is one that is allowed; else the message shows why it is not. */
  check(): Reading {
    const reading = this.#read();
    const problem = 'problem' in reading ? reading.problem : '';
    this.#message.textContent = problem;
    this.#control.classList.toggle('jp-mod-error', problem !== '');
    if (problem) {
      this.#control.setAttribute('aria-invalid', 'true');
    } else {
      this.#control.removeAttribute('aria-invalid');
    }
    return reading;
  }

  focus(): void {
    this.#control.focus();
  }

  #read(): Reading {
    const { kind, choices } = this.parameter;
    if (kind === 'bool') {
      return { value: (this.#control as HTMLInputElement).checked };
    }
    if (kind === 'choice') {
      return { value: choices.find(({ value }) => String(value) === this.#control.value)?.value };
    }
    // What is no number at all is kept from scripts: they see an empty text.
    const { value, validity } = this.#control;
    return read(this.parameter, validity.badInput ? '?' : value, this.#trans);
  }

  /** The option's docs, and those of what is chosen. */
  #help(): string {
    const chosen = this.parameter.choices.find(({ value }) => String(value) === this.#control.value);
    return [this.parameter.docs, chosen?.docs].filter(Boolean).join(' ');
  }
}

function control(parameter: Parameter, value: Value, trans: Translate): HTMLInputElement | HTMLSelectElement {
  const { kind, choices, required, low, high } = parameter;
  const finite = (limit: number): string | undefined => (Number.isFinite(limit) ? String(limit) : undefined);
  switch (kind) {
    case 'bool': {
      const box = make('input', { type: 'checkbox' });
      box.checked = value === true;
      return box;
    }
    case 'choice': {
      const none = required || value !== undefined ? [] : [make('option', { value: '' }, '–')];
      const options = choices.map(choice => make('option', { value: String(choice.value) }, String(choice.value)));
      const select = make('select', { class: 'jp-mod-styled' }, ...none, ...options);
      if (value !== undefined) {
        select.value = String(value);
      }
      return select;
    }
    case 'string':
      return make('input', { type: 'text', class: 'jp-mod-styled', value: value as string | undefined });
    default:
      // No `required`: a form that is just opened complains of nothing.
      return make('input', {
        type: 'number',
        class: 'jp-mod-styled',
        min: finite(low),
        max: finite(high),
        step: kind === 'integer' ? '1' : 'any',
        inputmode: kind === 'integer' ? 'numeric' : 'decimal',
        placeholder: required ? undefined : String(parameter.default ?? trans('not set')),
        value: value === undefined ? undefined : String(value)
      });
  }
}
