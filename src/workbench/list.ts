// The steps as a list: add, reorder, switch off, fill in, remove.

import { Form, type Operation, type Translate } from '../forms';
import { label } from '../forms/label';
import { freshId, make } from '../ui/dom';
import { icon } from './icons';
import type { Item, State } from './state';
import { said, summary } from './texts';

/** The list, which follows the state and changes it. */
export class StepList {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #rows = new Map<number, Row>();
  readonly #state: State;
  readonly #operations: readonly Operation[];
  readonly #trans: Translate;
  readonly #say: (text: string) => void;

  /** @param say Tells a person what has happened who may not see it. */
  constructor(state: State, operations: readonly Operation[], trans: Translate, say: (text: string) => void) {
    this.#state = state;
    this.#operations = operations;
    this.#trans = trans;
    this.#say = say;
    this.#list = make('ol', { class: 'wasmcell-Steps-list', 'aria-label': trans('Steps') });
    this.#empty = make('p', { class: 'wasmcell-Steps-empty' }, trans('No steps yet: the picture stays as it is.'));
    this.element = make('div', { class: 'wasmcell-Steps' }, this.#list, this.#empty, this.#adding());
    this.follow(undefined);
  }

  /** Shows the state. @param by Who changed it: a row that did so itself shows it already. */
  follow(by: unknown): void {
    const { items } = this.#state.recipe;
    // A row that is put elsewhere loses the focus.
    const active = (this.#list.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
    const focused = this.#list.contains(active) ? active : null;
    for (const [id, row] of this.#rows) {
      if (!items.some(item => item.id === id)) {
        row.element.remove();
        this.#rows.delete(id);
      }
    }
    items.forEach((item, place) => {
      let row = this.#rows.get(item.id);
      if (!row) {
        row = this.#row(item);
        this.#rows.set(item.id, row);
      }
      if (this.#list.children[place] !== row.element) {
        this.#list.insertBefore(row.element, this.#list.children[place] ?? null);
      }
      row.follow(item, place, items.length, by === row);
    });
    this.#empty.hidden = items.length > 0;
    if (focused?.isConnected) {
      focused.focus({ preventScroll: true });
    }
  }

  #row(item: Item): Row {
    const operation = this.#operations.find(({ name }) => name === item.tag)!;
    return new Row(item, operation, this.#state, this.#trans, this.#say, () => this.#focusAfter(item.id));
  }

  /** Where the focus goes when a row is removed. */
  #focusAfter(id: number): void {
    const { items } = this.#state.recipe;
    const place = items.findIndex(item => item.id === id);
    const next = items[place + 1] ?? items[place - 1];
    this.#state.remove(id);
    if (next) {
      this.#rows.get(next.id)?.focus();
    } else {
      this.element.querySelector<HTMLElement>('.wasmcell-Steps-add select')?.focus();
    }
  }

  #adding(): HTMLElement {
    const trans = this.#trans;
    const id = freshId();
    const options = this.#operations.map(({ name, docs }) => make('option', { value: name, title: docs }, label(name, docs)));
    const select = make('select', { id, class: 'jp-mod-styled' }, ...options);
    const button = make('button', { type: 'button', class: 'wasmcell-button wasmcell-mod-text' }, icon('add'), trans('Add'));
    button.addEventListener('click', () => this.#add(select.value));
    return make(
      'div',
      { class: 'wasmcell-Steps-add' },
      make('label', { for: id, class: 'wasmcell-hidden' }, trans('Step to add')),
      select,
      button
    );
  }

  #add(name: string): void {
    const operation = this.#operations.find(one => one.name === name)!;
    // What has to be told and is a choice has a first; a number has none that would make sense of itself.
    const numbers = operation.parameters.some(({ required, kind }) => required && kind !== 'choice' && kind !== 'bool');
    const first = operation.parameters.map(({ key, required, kind, choices }) => [
      key,
      required ? (kind === 'bool' ? false : choices[0]?.value) : undefined
    ]);
    const item = this.#state.item(name, numbers ? undefined : said(operation, Object.fromEntries(first)));
    this.#state.add(item);
    this.#rows.forEach((row, id) => row.open(id === item.id));
    const row = this.#rows.get(item.id)!;
    row.element.scrollIntoView({ block: 'nearest' });
    row.focus();
    this.#say(this.#trans('%1 added.', label(name, operation.docs)));
  }
}

/** One step. */
class Row {
  readonly element: HTMLElement;
  readonly #id: number;
  readonly #operation: Operation;
  readonly #state: State;
  readonly #trans: Translate;
  readonly #on: HTMLInputElement;
  readonly #name: HTMLButtonElement;
  readonly #summary: HTMLElement;
  readonly #handle: HTMLElement;
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #title: string;
  readonly #say: (text: string) => void;
  #form: Form | undefined;
  #val: Item['val'];
  #place = 0;

  constructor(
    item: Item,
    operation: Operation,
    state: State,
    trans: Translate,
    say: (text: string) => void,
    remove: () => void
  ) {
    this.#id = item.id;
    this.#operation = operation;
    this.#state = state;
    this.#trans = trans;
    this.#say = say;
    const title = (this.#title = label(operation.name, operation.docs));
    const bodyId = freshId();
    this.#handle = button('handle', trans('Move %1: drag, or use the up and down keys', title));
    this.#handle.classList.add('wasmcell-Step-handle');
    this.#on = make('input', { type: 'checkbox', 'aria-label': trans('Apply %1', title), title: trans('Apply this step') });
    this.#on.addEventListener('change', () => state.toggle(this.#id));
    this.#summary = make('span', { class: 'wasmcell-Step-summary' });
    const hasForm = operation.parameters.length > 0;
    this.#name = make(
      'button',
      {
        type: 'button',
        class: 'wasmcell-Step-name',
        'aria-expanded': hasForm ? 'false' : undefined,
        'aria-controls': hasForm ? bodyId : undefined,
        title: operation.docs
      },
      ...(hasForm ? [icon('open')] : []),
      make('span', { class: 'wasmcell-Step-text' }, make('span', { class: 'wasmcell-Step-title' }, title), this.#summary)
    );
    this.#name.addEventListener('click', () => this.open(this.#body.hidden));
    this.#up = button('up', trans('Move %1 up', title));
    this.#down = button('down', trans('Move %1 down', title));
    const gone = button('remove', trans('Remove %1', title));
    this.#up.addEventListener('click', () => this.#move(-1));
    this.#down.addEventListener('click', () => this.#move(1));
    gone.addEventListener('click', () => {
      say(trans('%1 removed.', title));
      remove();
    });
    this.#body = make('div', { class: 'wasmcell-Step-body', id: bodyId });
    this.#body.hidden = true;
    this.element = make(
      'li',
      { class: 'wasmcell-Step' },
      make('div', { class: 'wasmcell-Step-head' }, this.#handle, this.#on, this.#name, this.#up, this.#down, gone),
      this.#body
    );
    this.#handle.addEventListener('keydown', event => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by) {
        event.preventDefault();
        this.#move(by);
      }
    });
    this.#handle.addEventListener('pointerdown', event => this.#drag(event));
  }

  /** Shows an item. @param own Whether the form has made the change, and shows it. */
  follow(item: Item, place: number, count: number, own: boolean): void {
    const { val, on } = item;
    this.#place = place;
    this.#on.checked = on;
    this.element.classList.toggle('wasmcell-mod-off', !on);
    this.#up.disabled = place === 0;
    this.#down.disabled = place === count - 1;
    this.#summary.textContent = val ? summary(this.#operation, val) : this.#trans('to be filled in');
    this.element.classList.toggle('wasmcell-mod-unfilled', !val);
    if (val !== this.#val && !own) {
      this.#form = undefined;
      this.#show();
    }
    this.#val = val;
  }

  open(open: boolean): void {
    if (this.#operation.parameters.length > 0) {
      this.#body.hidden = !open;
      this.#name.setAttribute('aria-expanded', String(open));
      this.#show();
    }
  }

  /** Gives the focus to the first field of the form, or to the row. */
  focus(): void {
    const field = this.#body.hidden ? undefined : this.#body.querySelector<HTMLElement>('input:not([type=range]), select');
    (field ?? this.#name).focus();
  }

  /** Builds the form, if it is seen and not there. */
  #show(): void {
    if (this.#body.hidden || this.#form) {
      return;
    }
    const item = this.#state.recipe.items.find(({ id }) => id === this.#id);
    const form = (this.#form = new Form(this.#operation.parameters, item?.val, this.#trans));
    form.element.addEventListener('input', () => {
      const values = form.values({ focus: false });
      if (values) {
        this.#state.fill(this.#id, (this.#val = said(this.#operation, values)), this);
      }
    });
    form.element.addEventListener('change', () => this.#state.settle());
    this.#body.replaceChildren(form.element);
  }

  #move(by: number): void {
    this.#state.move(this.#id, this.#place + by);
    this.#say(this.#trans('%1 is step %2 now.', this.#title, this.#place + 1));
  }

  /** Follows the pointer: the others make place, and in the end the state hears of it. */
  #drag(event: PointerEvent): void {
    const { element } = this;
    const list = element.parentElement!;
    if (event.button !== 0) {
      return;
    }
    this.#handle.setPointerCapture(event.pointerId);
    element.classList.add('wasmcell-mod-dragged');
    const move = ({ clientY }: PointerEvent): void => {
      // The row itself stays in the document: one that is put elsewhere loses the pointer.
      const [before, after] = [element.previousElementSibling, element.nextElementSibling];
      if (before && clientY < middle(before)) {
        element.after(before);
      } else if (after && clientY > middle(after)) {
        element.before(after);
      }
    };
    const end = ({ type }: PointerEvent): void => {
      for (const [name, listener] of listeners) {
        this.#handle.removeEventListener(name, listener);
      }
      element.classList.remove('wasmcell-mod-dragged');
      const place = [...list.children].indexOf(element);
      if (type === 'pointercancel') {
        const others = [...list.children].filter(other => other !== element);
        list.insertBefore(element, others[this.#place] ?? null);
      } else if (place !== this.#place) {
        this.#move(place - this.#place);
      }
    };
    const listeners = [['pointermove', move], ['pointerup', end], ['pointercancel', end]] as const;
    for (const [name, listener] of listeners) {
      this.#handle.addEventListener(name, listener);
    }
  }
}

function button(name: Parameters<typeof icon>[0], text: string): HTMLButtonElement {
  return make('button', { type: 'button', class: 'wasmcell-button', 'aria-label': text, title: text }, icon(name));
}

function middle(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
