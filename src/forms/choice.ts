import { freshId, make } from '../ui/dom';
import { plain, type Translate } from '../ui/translate';
import { changed } from './field';
import { Form } from './form';
import { label } from './label';
import type { Operation } from './operations';
import type { Values } from './parameters';
import type { ChooseFile } from './source';

/** A case of a variant with its payload, as jco takes it. */
export interface Chosen {
  readonly tag: string;
  readonly val?: Values;
}

/** How a choice is shown. */
export interface ChoiceOptions {
  /** What is chosen, for the label. */
  readonly title: string;
  /** Chosen at first. */
  readonly chosen?: Chosen | undefined;
  /** Something to choose beside the operations, which stands for none of them. */
  readonly none?: { readonly label: string; readonly docs: string } | undefined;
  readonly trans?: Translate;
  /** As a form has it. */
  readonly choose?: ChooseFile | undefined;
}

/** A choice among operations, with the form of the one that is chosen; of one operation alone, its form. */
export class Choice {
  readonly element: HTMLElement;
  /** Called when another one is chosen, or something is filled in. */
  onchange: () => void = () => undefined;
  readonly #operations: readonly Operation[];
  readonly #select: HTMLSelectElement;
  readonly #help: HTMLElement;
  readonly #place: HTMLElement;
  readonly #options: ChoiceOptions;
  #form!: Form;

  constructor(operations: readonly Operation[], options: ChoiceOptions) {
    const { title, chosen, none } = options;
    this.#operations = operations;
    this.#options = options;
    const id = freshId();
    const entries = operations.map(({ name, docs }) => make('option', { value: name }, label(name, docs)));
    this.#select = make('select', { id, class: 'jp-mod-styled', 'aria-describedby': `${id}-help` });
    this.#select.append(...(none ? [make('option', { value: '' }, none.label)] : []), ...entries);
    this.#select.value = chosen?.tag ?? (none ? '' : (operations[0]?.name ?? ''));
    this.#help = make('div', { id: `${id}-help`, class: 'wasmcell-Field-help' });
    this.#place = make('div');
    const control = [
      make('label', { for: id, class: 'wasmcell-Field-label' }, title),
      make('div', { class: 'wasmcell-Field-control' }, this.#select)
    ];
    const alone = operations.length === 1 && !none;
    const field = make('div', { class: alone ? '' : 'wasmcell-Field' }, ...(alone ? [] : control), this.#help);
    this.element = make('div', { class: 'wasmcell-Choice' }, field, this.#place);
    this.#show(chosen?.val);
    this.#place.addEventListener('input', () => this.onchange());
    this.#select.addEventListener('change', () => {
      this.#show();
      this.onchange();
      changed(this.element); // what was wrong in the form that is gone is so no more
    });
  }

  /** The operation that is chosen; undefined for none of them. */
  get operation(): Operation | undefined {
    return this.#operations.find(({ name }) => name === this.#select.value);
  }

  /** What is chosen and filled in: null for none of the operations, undefined if the form is not sound. */
  value(options?: { readonly focus: boolean }): Chosen | null | undefined {
    const { operation } = this;
    if (!operation) {
      return null;
    }
    const val = this.#form.values(options);
    return val && (operation.payload ? { tag: operation.name, val } : { tag: operation.name });
  }

  #show(values?: Values): void {
    const { operation } = this;
    const { trans = plain, choose } = this.#options;
    this.#form = new Form(operation?.parameters ?? [], values, trans, choose);
    this.#place.replaceChildren(this.#form.element);
    this.#help.textContent = operation?.docs ?? this.#options.none?.docs ?? '';
  }
}
