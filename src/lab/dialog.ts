import { Dialog } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { Choice, type ChooseFile, type Chosen, type FileSource, type Operation, type Translate } from '../forms';
import { make } from '../ui/dom';
import { listed } from '../ui/text';

/** What is asked. */
export interface Question {
  readonly title: string;
  /** A sentence under the title, if the form does not say enough. */
  readonly docs?: string;
  /** The label of the button that goes on. */
  readonly accept: string;
  /** Names of the files, for people to read. */
  readonly files: readonly string[];
  /** Whether their order matters. */
  readonly ordered?: boolean | undefined;
  /** Steps to choose from; of one there is no choice, only its form. */
  readonly steps: readonly Operation[];
  readonly outputs: readonly Operation[];
  /** Whether the format may stay that of the source. */
  readonly same: boolean;
  /** What is filled in at first. */
  readonly first: Partial<Answer>;
  /** Why it is asked again. */
  readonly refused?: string | undefined;
  /** The result's name, for these answers; where it is one of many files, by the first of them. */
  name(step: string | undefined, output: string | undefined, first: number): string;
  /** Has a person choose a file; the question steps aside meanwhile. */
  readonly choose: ChooseFile;
}

/** What a person answered. */
export interface Answer {
  /** Undefined if there are no steps to choose from. */
  readonly step: Chosen | undefined;
  /** Undefined for the source's own format. */
  readonly output: Chosen | undefined;
  /** The places of the files, in the order that they are to have. */
  readonly order: readonly number[];
}

/** Asks which operation with which options; undefined if the person went back. */
export async function ask(question: Question, trans: Translate): Promise<Answer | undefined> {
  const form = new Questions(question, trans);
  for (;;) {
    const dialog = new Asking(question, form);
    // JupyterLab shows one dialog at a time.
    const chosen = form.whenAside(() => dialog.reject());
    const { button } = await dialog.launch();
    dialog.dispose();
    const choice = chosen();
    if (!choice) {
      return button.accept ? form.answer() : undefined;
    }
    choice(await question.choose(choice.title));
  }
}

type Waiting = ((file: FileSource | undefined) => void) & { readonly title: string };

/** What is asked, and filled in; it outlives the dialogs that show it. */
class Questions {
  readonly node: HTMLElement;
  readonly #step: Choice | undefined;
  readonly #output: Choice | undefined;
  readonly #order: Order;
  #aside: () => void = () => undefined;
  #waiting: Waiting | undefined;

  constructor({ docs, files, ordered, steps, outputs, same, first, refused, name }: Question, trans: Translate) {
    const choose: ChooseFile = title =>
      new Promise(resolve => {
        this.#waiting = Object.assign(resolve, { title });
        this.#aside();
      });
    const none = same
      ? { label: trans('Same as the source'), docs: trans('PNG if the source’s format cannot be written.') }
      : undefined;
    const step = steps.length
      ? new Choice(steps, { title: trans('Operation'), chosen: first.step, trans, choose })
      : undefined;
    const output = outputs.length
      ? new Choice(outputs, { title: trans('Format'), chosen: first.output, none, trans, choose })
      : undefined;
    const order = new Order(files, first.order, ordered === true && files.length > 1, trans);
    const result = make('output', { class: 'wasmcell-Dialog-name' });
    const tell = (): void => {
      result.textContent = trans('Result: %1', name(step?.operation?.name, output?.operation?.name, order.value[0]!));
    };
    tell();
    for (const one of [step, output, order]) {
      if (one) {
        one.onchange = tell;
      }
    }
    this.node = make(
      'div',
      { class: 'wasmcell-Dialog' },
      order.element,
      ...(docs ? [make('p', { class: 'wasmcell-Field-help' }, docs)] : []),
      ...(refused ? [make('p', { class: 'wasmcell-Dialog-refused', role: 'alert' }, refused)] : []),
      ...(step ? [step.element] : []),
      ...(output ? [output.element] : []),
      result
    );
    this.#step = step;
    this.#output = output;
    this.#order = order;
  }

  /** What is answered, if it is sound; else messages say what is not. */
  answer(): Answer | undefined {
    const step = this.#step?.value();
    const output = this.#output?.value();
    if ((this.#step && !step) || (this.#output && output === undefined)) {
      return undefined;
    }
    return { step: step ?? undefined, output: output ?? undefined, order: this.#order.value };
  }

  /** Calls `aside` when a file is to be chosen; gives who waits for it. */
  whenAside(aside: () => void): () => Waiting | undefined {
    this.#aside = aside;
    this.#waiting = undefined;
    return () => this.#waiting;
  }
}

/** The files; where their order matters, with buttons that change it. */
class Order {
  readonly element: HTMLElement;
  onchange: () => void = () => undefined;
  #value: readonly number[];

  constructor(files: readonly string[], value: readonly number[] | undefined, ordered: boolean, trans: Translate) {
    this.#value = value ?? files.map((_, place) => place);
    if (!ordered) {
      this.element = make('p', { class: 'wasmcell-Dialog-files' }, listed(files, trans));
      return;
    }
    this.element = make('ol', { class: 'wasmcell-Dialog-order', 'aria-label': trans('Files, in their order') });
    const show = (): void => {
      this.element.replaceChildren(
        ...this.#value.map((file, place) => {
          const up = arrow('↑', trans('Move %1 up', files[file]!), place, place - 1);
          const down = arrow('↓', trans('Move %1 down', files[file]!), place, place + 1);
          return make('li', {}, make('div', {}, make('span', {}, files[file]!), up, down));
        })
      );
    };
    const arrow = (sign: string, words: string, from: number, to: number): HTMLElement => {
      const disabled = !(to in this.#value);
      const button = make('button', { type: 'button', class: 'jp-mod-styled', title: words, 'aria-label': words, disabled }, sign);
      button.addEventListener('click', () => {
        const moved = [...this.#value];
        moved.splice(to, 0, ...moved.splice(from, 1));
        this.#value = moved;
        show();
        // The focus stays on the file that is moved.
        const buttons = [...this.element.children[to]!.querySelectorAll('button')];
        (buttons.find(one => one.textContent === sign && !one.disabled) ?? buttons.find(one => !one.disabled))?.focus();
        this.onchange();
      });
      return button;
    };
    show();
  }

  get value(): readonly number[] {
    return this.#value;
  }
}

/** A dialog that is accepted only if its form is sound. */
class Asking extends Dialog<unknown> {
  readonly #form: Questions;

  constructor({ title, accept }: Question, form: Questions) {
    // Of the dialog that showed it before.
    form.node.querySelectorAll('.jp-select-wrapper').forEach(wrapper => wrapper.replaceWith(wrapper.querySelector('select')!));
    super({
      title,
      body: new Widget({ node: form.node }),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: accept })],
      focusNodeSelector: 'input, select'
    });
    this.addClass('wasmcell-Asking');
    this.#form = form;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('input', this);
  }

  protected override onAfterDetach(message: Message): void {
    super.onAfterDetach(message);
    this.node.removeEventListener('input', this);
  }

  /** JupyterLab looks for errors on the way down, before the field has heard of the input that mends one. */
  override handleEvent(event: Event): void {
    if (event.type !== 'input' || event.eventPhase !== Event.CAPTURING_PHASE) {
      super.handleEvent(event);
    }
  }

  override resolve(index = 1): void {
    if (index !== 1 || this.#form.answer()) {
      super.resolve(index);
    }
  }
}

/** Asks for the password of a file; undefined if the person went back. @param again Whether one does not open it. */
export async function askPassword(name: string, again: boolean, trans: Translate): Promise<string | undefined> {
  const input = make('input', { type: 'password', autocomplete: 'off', 'aria-label': trans('Password'), 'aria-invalid': String(again) });
  const node = make(
    'div',
    { class: 'wasmcell-Dialog' },
    make('p', {}, trans('%1 is encrypted. What is its password?', name)),
    input,
    make('p', { class: 'wasmcell-Field-message', role: 'alert' }, again ? trans('That does not open it.') : '')
  );
  const dialog = new Dialog({
    title: trans('Password'),
    body: new Widget({ node }),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans('Open') })],
    focusNodeSelector: 'input'
  });
  const { button } = await dialog.launch();
  dialog.dispose();
  return button.accept ? input.value : undefined;
}

/** What to do where files exist already. */
export async function askToReplace(names: readonly string[], trans: Translate): Promise<'replace' | 'keep' | undefined> {
  const dialog = new Dialog({
    title: names.length === 1 ? trans('Replace the File?') : trans('Replace %1 Files?', names.length),
    body: trans('Already there: %1', listed(names, trans)),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans('Keep Both') }),
      Dialog.warnButton({ label: trans('Replace') })
    ],
    defaultButton: 1
  });
  const { button } = await dialog.launch();
  dialog.dispose();
  return button.accept ? (button.displayType === 'warn' ? 'replace' : 'keep') : undefined;
}
