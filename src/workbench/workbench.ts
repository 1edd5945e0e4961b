// The workbench: a picture before and after, the steps between, and what is made of it.

import type { Bridge } from '../bridge';
import type { Description } from '../bridge/description';
import { wasCancelled } from '../bridge/errors';
import type { FileRef } from '../bridge/values';
import { Choice, operations, plain, type Operation, type Translate } from '../forms';
import { make } from '../ui/dom';
import { duration, size } from '../ui/text';
import { icon } from './icons';
import { historyOf } from './keys';
import { StepList } from './list';
import type { Screen } from './picture';
import { Preview } from './preview';
import { Results, type Made } from './results';
import type { Box } from './sight';
import { steps, type Recipe, type State } from './state';
import { said, toJson, toMagic, toPython } from './texts';

/** What a workbench is for. */
export interface WorkbenchOptions {
  readonly bridge: Bridge;
  /** Of the module that does the work. */
  readonly description: Description;
  readonly state: State;
  readonly screen: Screen;
  /** The picture, where the work is done. */
  readonly file: FileRef;
  /** What the picture is called in copied texts: a path; undefined if it has none. */
  readonly source?: string | undefined;
  /** The label of the button that exports. */
  readonly accept: string;
  /** Takes what was made; what it resolves with is said to the person. */
  readonly save: (made: Made) => Promise<string | undefined>;
  readonly trans?: Translate;
}

/** How long nothing changes before the file itself is made, in milliseconds: to tell its size. */
const IDLE = 600;

/** A person's place to work on one picture. Plain DOM; its looks are in `style/workbench.css`. */
export class Workbench {
  readonly element: HTMLElement;
  readonly #options: WorkbenchOptions;
  readonly #trans: Translate;
  readonly #outputs: readonly Operation[];
  readonly #preview: Preview;
  readonly #results: Results;
  readonly #list: StepList;
  readonly #output: HTMLElement;
  readonly #before = make('span', { class: 'wasmcell-Workbench-fact' });
  readonly #after = make('span', { class: 'wasmcell-Workbench-fact' });
  readonly #message = make('span', { class: 'wasmcell-Workbench-message', role: 'status' });
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;
  readonly #magic: HTMLButtonElement;
  readonly #export: HTMLButtonElement;
  readonly #screen: HTMLElement;
  readonly #ends: (() => void)[] = [];
  #choice!: Choice;
  #box: Box | undefined;
  #full: Box | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed = false;

  constructor(options: WorkbenchOptions) {
    const { bridge, description, state, screen, file, trans = plain } = options;
    this.#options = options;
    this.#trans = trans;
    this.#outputs = operations(description, 'output');
    this.#results = new Results(bridge, description.module, file, this.#outputs);
    this.#preview = new Preview(bridge, description.module, file, {
      before: sight => {
        screen.show('before', sight);
        this.#before.textContent = `${pixels(sight.full)} · ${size(file.size)}`;
      },
      after: (sight, seconds) => {
        screen.show('after', sight);
        this.#full = sight.full;
        this.#tell(seconds);
        if (this.#failed) {
          this.#say('');
        }
      },
      failed: error => (this.#before.textContent ? this.#say(error.message, true) : this.#refuse(error.message)),
      busy: busy => screen.busy(busy)
    });
    this.#list = new StepList(state, operations(description, 'step'), trans, text => this.#say(text));
    this.#output = make('div');

    const button = (text: string, content: Node | string, click: () => void): HTMLButtonElement => {
      const words = typeof content === 'string' ? { class: 'wasmcell-button wasmcell-mod-text' } : { class: 'wasmcell-button', 'aria-label': text };
      const made = make('button', { type: 'button', title: text, ...words }, content);
      made.addEventListener('click', click);
      return made;
    };
    this.#undo = button(trans('Undo (Ctrl Z)'), icon('undo'), () => state.undo());
    this.#redo = button(trans('Redo (Ctrl Shift Z)'), icon('redo'), () => state.redo());
    const copy = (what: string, text: () => string | undefined) => () => void this.#copy(what, text());
    const { source } = options;
    this.#magic = button(trans('Copy as a %wasm line'), '%wasm', copy('%wasm', () => toMagic(description, state.recipe, source)));
    const copying = make(
      'div',
      { class: 'wasmcell-Workbench-group', role: 'group', 'aria-label': trans('Copy the steps') },
      make('span', { class: 'wasmcell-Workbench-label', 'aria-hidden': 'true' }, trans('Copy as')),
      button(trans('Copy as Python'), 'Python', copy('Python', () => toPython(description, state.recipe, source))),
      this.#magic,
      button(
        trans('Copy as JSON'),
        'JSON',
        copy('JSON', () => JSON.stringify(toJson(description, state.recipe, source === undefined ? [] : [source]), null, 2))
      )
    );
    this.#screen = make('div', { class: 'wasmcell-Workbench-screen' }, screen.element);
    this.#export = button(trans('Make the picture at full size, and save it'), options.accept, () => void this.#save());
    this.#export.classList.add('wasmcell-mod-accept');
    this.element = make(
      'div',
      { class: 'wasmcell-Workbench' },
      make(
        'div',
        { class: 'wasmcell-Workbench-bar', role: 'toolbar', 'aria-label': trans('Workbench') },
        make('div', { class: 'wasmcell-Workbench-group' }, this.#undo, this.#redo),
        copying,
        this.#export
      ),
      this.#screen,
      make(
        'div',
        { class: 'wasmcell-Workbench-side' },
        make('h3', {}, trans('Steps')),
        this.#list.element,
        make('h3', {}, trans('Output')),
        this.#output
      ),
      make('div', { class: 'wasmcell-Workbench-status' }, this.#before, make('span', { 'aria-hidden': 'true' }, '→'), this.#after, this.#message)
    );
    this.element.addEventListener('keydown', event => this.#key(event));
    screen.onbox = box => {
      this.#box = box;
      this.#want();
    };
    this.#ends.push(state.observe(by => this.#follow(by)));
    this.#follow(undefined);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#ends.forEach(end => end());
    this.#preview.close();
    this.#results.drop();
    this.#options.screen.dispose();
  }

  #follow(by: unknown): void {
    const { state, description, source } = this.#options;
    this.#list.follow(by);
    if (by !== this.#choice || !by) {
      this.#choose(state.recipe);
    }
    this.#undo.disabled = !state.canUndo;
    this.#redo.disabled = !state.canRedo;
    this.#magic.disabled = toMagic(description, state.recipe, source) === undefined;
    clearTimeout(this.#timer);
    this.#results.drop();
    this.#want();
  }

  #want(): void {
    if (this.#box) {
      const { recipe } = this.#options.state;
      this.#preview.want({ decode: recipe.decode, steps: steps(recipe), box: this.#box });
    }
  }

  /** Builds the choice of the output, if another one is chosen than it shows. */
  #choose({ output }: Recipe): void {
    if (this.#choice && JSON.stringify(this.#choice.value({ focus: false }) ?? undefined) === JSON.stringify(output)) {
      return;
    }
    const { state } = this.#options;
    const trans = this.#trans;
    const choice = new Choice(this.#outputs, {
      title: trans('Format'),
      chosen: output,
      none: { label: trans('Same as the source'), docs: trans('PNG if the source’s format cannot be written.') },
      trans
    });
    const change = (): void => {
      const chosen = choice.value({ focus: false });
      if (chosen !== undefined) {
        const { operation } = choice;
        const output = operation && (chosen!.val ? { tag: operation.name, val: said(operation, chosen!.val) } : { tag: operation.name });
        if (JSON.stringify(output) !== JSON.stringify(state.recipe.output)) {
          state.output(output, choice);
        }
      }
    };
    choice.onchange = change;
    choice.element.addEventListener('change', () => state.settle());
    this.#choice = choice;
    this.#output.replaceChildren(choice.element);
  }

  /** Tells of the result: at once what the preview knows, and when nothing changes any more, the file's size. */
  #tell(seconds: number): void {
    const trans = this.#trans;
    const known = `${pixels(this.#full!)} · ${trans('preview in %1', duration(seconds))}`;
    this.#after.textContent = known;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        const { file, format, seconds } = await this.#results.get(this.#options.state.recipe);
        this.#after.textContent = [pixels(this.#full!), format.toUpperCase(), size(file.size), duration(seconds)].join(' · ');
      } catch (error) {
        if (!wasCancelled(error)) {
          this.#say((error as Error).message, true);
        }
      }
    }, IDLE);
  }

  /** The file cannot be read: there is nothing to see, and nothing to save. */
  #refuse(text: string): void {
    this.#screen.replaceChildren(make('p', { class: 'wasmcell-Workbench-refused', role: 'alert' }, text));
    this.#export.disabled = true;
  }

  #say(text: string, bad = false): void {
    this.#failed = bad;
    this.#message.textContent = text;
    this.#message.title = text;
    this.#message.classList.toggle('wasmcell-mod-bad', bad);
  }

  async #save(): Promise<void> {
    this.#export.disabled = true;
    this.#say(this.#trans('Working at full size…'));
    try {
      const said = await this.#options.save(await this.#results.get(this.#options.state.recipe));
      this.#say(said ?? '');
    } catch (error) {
      this.#say(wasCancelled(error) ? '' : (error as Error).message, !wasCancelled(error));
    } finally {
      this.#export.disabled = false;
    }
  }

  async #copy(what: string, text: string | undefined): Promise<void> {
    if (text !== undefined) {
      await toClipboard(text, this.element);
      this.#say(this.#trans('Copied as %1.', what));
    }
  }

  #key(event: KeyboardEvent): void {
    const history = historyOf(event);
    if (history) {
      // Also in a field: what was typed there is part of the steps.
      event.preventDefault();
      event.stopPropagation();
      this.#options.state[history]();
    }
  }
}

function pixels([width, height]: Box): string {
  return `${width} × ${height} px`;
}

/** Only secure contexts have `navigator.clipboard`. */
async function toClipboard(text: string, near: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const focused = document.activeElement as HTMLElement | null;
    const area = make('textarea', { class: 'wasmcell-hidden' }, text);
    near.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    focused?.focus();
  }
}
