import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import { frame, type Field, type Host } from './field';
import { read, type Parameter, type Reading, type Value } from './parameters';
import { hasSlider, rangeOf } from './range';

/** A number, a text, a choice or a tick. */
export class Entry implements Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  readonly #control: HTMLInputElement | HTMLSelectElement;
  readonly #message: HTMLElement;
  readonly #trans: Translate;

  /** @param value What is shown at first; the default if undefined. */
  constructor(parameter: Parameter, { trans }: Host, value: Value = undefined) {
    this.parameter = parameter;
    this.#trans = trans;
    const { element, row, help, message, id } = frame(parameter);
    this.element = element;
    this.#message = message;
    this.#control = control(parameter, value ?? parameter.default, trans);
    this.#control.id = id;
    this.#control.name = parameter.name;
    this.#control.setAttribute('aria-describedby', `${id}-help ${id}-message`);
    const unit = parameter.unit ? [make('span', { class: 'wasmcell-Field-unit' }, parameter.unit)] : [];
    const slider = hasSlider(parameter) ? [rangeOf(parameter, this.#control as HTMLInputElement)] : [];
    row.append(this.#control, ...unit, ...slider);
    const usual = help.textContent!;
    const tell = (): void => {
      const chosen = parameter.choices.find(({ value }) => String(value) === this.#control.value);
      help.textContent = [usual, chosen?.docs].filter(Boolean).join(' ');
    };
    tell();
    this.#control.addEventListener('input', () => this.check());
    this.#control.addEventListener('change', () => {
      this.check();
      tell();
    });
  }

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
      const { value, checked } = this.#control as HTMLInputElement;
      return { value: isOpen(this.parameter) ? (value ? value === 'true' : undefined) : checked };
    }
    if (kind === 'choice') {
      return { value: choices.find(({ value }) => String(value) === this.#control.value)?.value };
    }
    // What is no number at all is kept from scripts: they see an empty text.
    const { value, validity } = this.#control;
    return read(this.parameter, validity.badInput ? '?' : value, this.#trans);
  }
}

/** Whether it is neither true nor false unless somebody says so. */
function isOpen({ kind, required, default: usual }: Parameter): boolean {
  return kind === 'bool' && !required && usual === undefined;
}

function control(parameter: Parameter, value: Value, trans: Translate): HTMLInputElement | HTMLSelectElement {
  const { kind, choices, required, low, high } = parameter;
  const finite = (limit: number): string | undefined => (Number.isFinite(limit) ? String(limit) : undefined);
  switch (kind) {
    case 'bool': {
      if (isOpen(parameter)) {
        const names = { '': '–', true: trans('yes'), false: trans('no') };
        const options = Object.entries(names).map(([name, words]) => make('option', { value: name }, words));
        const select = make('select', { class: 'jp-mod-styled' }, ...options);
        select.value = String(value ?? '');
        return select;
      }
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
    case 'string': {
      // A password is not for others to see; nor is it one that the browser knows for this site.
      const secret = /(^|-)password$/.test(parameter.name);
      const type = secret ? { type: 'password', autocomplete: 'new-password' } : { type: 'text' };
      return make('input', { ...type, class: 'jp-mod-styled', value: value as string | undefined });
    }
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
