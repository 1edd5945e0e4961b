import { camel } from '../bridge/glue';
import { make } from '../ui/dom';
import { Entry } from './entry';
import { changed, frame, type Field, type Host } from './field';
import { FileField } from './file';
import { label } from './label';
import type { Parameter, Reading, Value, Values } from './parameters';
import { isFileSource } from './source';

/** The field of an option. @param value What is shown at first; the default if undefined. */
export function fieldOf(parameter: Parameter, host: Host, value: Value = undefined): Field {
  switch (parameter.kind) {
    case 'list':
      return new ListField(parameter, host, value as readonly Value[] | undefined);
    case 'record':
      return new Group(parameter, parameter.fields!, host, value as Values | undefined);
    case 'flags':
      return new Group(parameter, parameter.choices.map(flag), host, value as Values | undefined);
    case 'file':
      return new FileField(parameter, host, isFileSource(value) ? value : undefined);
    default:
      return new Entry(parameter, host, value);
  }
}

/** What is read of some fields, by their keys; or the first of them that is not sound. */
export function readAll(fields: readonly Field[]): { readonly values: Values } | { readonly bad: Field } {
  const read = fields.map(field => [field, field.check()] as const);
  const bad = read.find(([, reading]) => 'problem' in reading);
  const entries = read.map(([{ parameter }, reading]) => [parameter.key, 'value' in reading ? reading.value : undefined]);
  return bad ? { bad: bad[0] } : { values: Object.fromEntries(entries) };
}

/** What stands beside no field of its own: fields within have their messages. */
const UNSOUND: Reading = { problem: '' };

/** A record, or flags, each of which is a tick. One that may be missing has a tick of its own that says it is there. */
class Group implements Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  readonly #fields: readonly Field[];
  readonly #given: HTMLInputElement | undefined;
  /** What the focus goes to. */
  #first: Field | undefined;

  constructor(parameter: Parameter, parameters: readonly Parameter[], host: Host, values: Values | undefined) {
    this.parameter = parameter;
    this.#fields = parameters.map(one => fieldOf(one, host, values?.[one.key]));
    this.#first = this.#fields[0];
    const { element, row, help, id } = frame(parameter, true);
    this.element = element;
    const inner = make('div', { class: 'wasmcell-Field-group' });
    help.after(inner);
    let given: HTMLInputElement | undefined;
    if (parameter.required) {
      row.remove();
    } else {
      given = make('input', { id, type: 'checkbox', 'aria-label': label(parameter.name, parameter.docs), 'aria-describedby': `${id}-help` });
      given.checked = values !== undefined;
      row.append(given);
    }
    this.#given = given;
    const show = (): void => {
      // What is not there cannot be wrong.
      inner.replaceChildren(...(given && !given.checked ? [] : this.#fields.map(field => field.element)));
    };
    show();
    given?.addEventListener('input', show);
  }

  check(): Reading {
    if (this.#given && !this.#given.checked) {
      return { value: undefined };
    }
    const read = readAll(this.#fields);
    this.#first = 'bad' in read ? read.bad : this.#fields[0];
    return 'bad' in read ? UNSOUND : { value: read.values };
  }

  focus(): void {
    this.#first?.focus();
  }
}

function flag({ value, docs }: Parameter['choices'][number]): Parameter {
  const name = String(value);
  return {
    name,
    key: camel(name),
    kind: 'bool',
    docs,
    required: true,
    default: undefined,
    low: -Infinity,
    high: Infinity,
    choices: [],
    unit: '',
    big: false
  };
}

/**
 * A list: a row for each item, and a button for one more. One of texts that may be missing begins with a row, and those
 * that are left empty are no items.
 */
class ListField implements Field {
  readonly element: HTMLElement;
  readonly parameter: Parameter;
  readonly #isOpen: boolean;
  readonly #host: Host;
  readonly #rows = make('div', { class: 'wasmcell-Field-rows' });
  readonly #more: HTMLElement;
  #items: Field[] = [];
  #bad: Field | undefined;

  constructor(parameter: Parameter, host: Host, values: readonly Value[] = []) {
    this.parameter = parameter;
    this.#isOpen = parameter.item!.kind === 'string' && !parameter.required;
    this.#host = host;
    const { element, row, id } = frame(parameter, true);
    this.element = element;
    this.#more = make('button', { type: 'button', class: 'jp-mod-styled', 'aria-describedby': `${id}-help` }, host.trans('Add'));
    this.#more.addEventListener('click', () => {
      this.#add(undefined).focus();
      changed(this.element);
    });
    row.append(this.#rows, this.#more);
    (this.#isOpen && !values.length ? [undefined] : values).forEach(value => this.#add(value));
  }

  check(): Reading {
    const read = this.#items.map(item => item.check());
    this.#bad = this.#items[read.findIndex(reading => 'problem' in reading)];
    if (this.#bad) {
      return UNSOUND;
    }
    const all = read.map(reading => ('value' in reading ? reading.value : undefined));
    const value = this.#isOpen ? all.filter(one => one !== undefined) : all;
    return { value: value.length || this.parameter.required ? value : undefined };
  }

  focus(): void {
    (this.#bad ?? this.#more).focus();
  }

  #add(value: Value): Field {
    const parameter = this.parameter.item!;
    const item = fieldOf(this.#isOpen ? { ...parameter, required: false } : parameter, this.#host, value);
    const remove = make('button', { type: 'button', class: 'jp-mod-styled', title: this.#host.trans('Remove'), 'aria-label': this.#host.trans('Remove') }, '×');
    const row = make('div', { class: 'wasmcell-Field-item' }, item.element, remove);
    remove.addEventListener('click', () => {
      this.#items = this.#items.filter(one => one !== item);
      row.remove();
      this.#more.focus();
      changed(this.element);
    });
    this.#items.push(item);
    this.#rows.append(row);
    return item;
  }
}
