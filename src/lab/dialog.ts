import { Dialog } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { Choice, type Chosen, type Operation, type Translate } from '../forms';
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
  /** Steps to choose from; of one there is no choice, only its form. */
  readonly steps: readonly Operation[];
  readonly outputs: readonly Operation[];
  /** Whether the format may stay that of the source. */
  readonly same: boolean;
  /** What is filled in at first. */
  readonly first: Partial<Answer>;
  /** Why it is asked again. */
  readonly refused?: string | undefined;
  /** The result's name, for these answers. */
  name(step: string | undefined, output: string | undefined): string;
}

/** What a person answered. */
export interface Answer {
  /** Undefined if there are no steps to choose from. */
  readonly step: Chosen | undefined;
  /** Undefined for the source's own format. */
  readonly output: Chosen | undefined;
}

/** Asks which operation with which options; undefined if the person went back. */
export async function ask(question: Question, trans: Translate): Promise<Answer | undefined> {
  const dialog = new Asking(question, trans);
  const { button } = await dialog.launch();
  const answer = button.accept ? dialog.answer : undefined;
  dialog.dispose();
  return answer;
}

/** A dialog that is accepted only if its form is sound. */
class Asking extends Dialog<unknown> {
  answer: Answer | undefined;
  readonly #step: Choice | undefined;
  readonly #output: Choice;

  constructor(question: Question, trans: Translate) {
    const { title, docs, accept, files, steps, outputs, same, first, refused } = question;
    const step = steps.length ? new Choice(steps, { title: trans('Operation'), chosen: first.step, trans }) : undefined;
    const output = new Choice(outputs, {
      title: trans('Format'),
      chosen: first.output,
      none: same
        ? { label: trans('Same as the source'), docs: trans('PNG if the source’s format cannot be written.') }
        : undefined,
      trans
    });
    const name = make('output', { class: 'wasmcell-Dialog-name' });
    const tell = (): void => {
      name.textContent = trans('Result: %1', question.name(step?.operation?.name, output.operation?.name));
    };
    tell();
    output.onchange = tell;
    if (step) {
      step.onchange = tell;
    }
    const node = make(
      'div',
      { class: 'wasmcell-Dialog' },
      make('p', { class: 'wasmcell-Dialog-files' }, listed(files, trans)),
      ...(docs ? [make('p', { class: 'wasmcell-Field-help' }, docs)] : []),
      ...(refused ? [make('p', { class: 'wasmcell-Dialog-refused', role: 'alert' }, refused)] : []),
      ...(step ? [step.element] : []),
      output.element,
      name
    );
    super({
      title,
      body: new Widget({ node }),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: accept })],
      focusNodeSelector: 'input, select'
    });
    this.addClass('wasmcell-Asking');
    this.#step = step;
    this.#output = output;
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
    if (index === 1) {
      const step = this.#step?.value();
      const output = this.#output.value();
      if ((this.#step && !step) || output === undefined) {
        return;
      }
      this.answer = { step: step ?? undefined, output: output ?? undefined };
    }
    super.resolve(index);
  }
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
