// wasmcell.widgets.Workbench: a picture of the kernel's, or a private one, and a pipeline that both ends edit.
import type { Bridge, FileRef } from '../bridge';
import type { Description } from '../bridge/description';
import { extensions } from '../ui/extensions';
import type { View } from '../bridge/view';
import { make } from '../ui/dom';
import { fromJson, Picture, State, toJson, Workbench, type Box, type Made, type PipelineJson } from '../workbench';
import type { Screen, Side, Sight } from '../workbench';
import button from '../../style/button.css';
import form from '../../style/form.css';
import picture from '../../style/picture.css';
import workbench from '../../style/workbench.css';
import type { Model, Render } from './afm';
import { keepKeys } from './keys';
import { Link } from './link';
import { Source } from './source';

interface Traits {
  readonly pipeline: PipelineJson;
  /** Of the module. */
  readonly description: Description;
  /** The page that has it; '' for one of the kernel's. */
  readonly page: string;
  readonly name: string;
  /** What the picture is called in copied texts. */
  readonly source: string | null;
}

/** How high the picture is, in px. */
const HEIGHT = 420;
/** So long nothing changes before the kernel is told, in milliseconds. */
const QUIET = 150;

/** What the views of one model have in common. */
class Bench {
  readonly link: Link;
  readonly state = new State();
  readonly #model: Model<Traits>;
  readonly #source: Source;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model<Traits>) {
    this.#model = model;
    this.link = new Link(model as Model<never>);
    this.#source = new Source(this.link, model as Model<never>);
    this.state.start(fromJson(this.description, model.get('pipeline'), this.state));
    this.state.observe(by => by !== this && this.#tell());
    model.on('change:pipeline', this.#take);
  }

  get description(): Description {
    return this.#model.get('description');
  }

  /** The picture in this page's bridge; asked for once a page. */
  file(): Promise<FileRef> {
    return this.#source.get();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#model.off('change:pipeline', this.#take);
    this.#source.close();
    this.link.close();
  }

  /** Takes the kernel's pipeline, if it says something else than is here. */
  readonly #take = (): void => {
    const json = this.#model.get('pipeline');
    if (JSON.stringify(json.steps) !== JSON.stringify(this.#json().steps)) {
      this.state.set(fromJson(this.description, json, this.state), { by: this });
    }
  };

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const json = this.#json();
      if (JSON.stringify(json.steps) !== JSON.stringify(this.#model.get('pipeline').steps)) {
        this.#model.set('pipeline', json);
        this.#model.save_changes();
      }
    }, QUIET);
  }

  #json(): PipelineJson {
    return toJson(this.description, this.state.recipe);
  }
}

/** A screen in the vault: the page gives it references, never pixels. */
class SealedScreen implements Screen {
  readonly element: HTMLElement;
  onbox: (box: Box) => void = () => undefined;
  readonly #bridge: Bridge;
  readonly #view: View<'picture'>;
  #sights: Readonly<Partial<Record<Side, Sight>>> = {};

  constructor(bridge: Bridge, file: FileRef, state: State) {
    this.#bridge = bridge;
    const options = () => ({ height: HEIGHT, file, sights: this.#sights });
    this.#view = bridge.view('picture', options, HEIGHT, word => {
      if ('box' in word) {
        this.onbox(word.box);
      } else if ('history' in word) {
        state[word.history]();
      }
    });
    this.element = this.#view.element;
  }

  show(side: Side, sight: Sight): void {
    this.#forget(this.#sights[side]);
    this.#sights = { ...this.#sights, [side]: sight };
    this.#view.post({ side, sight });
  }

  busy(busy: boolean): void {
    this.#view.post({ busy });
  }

  dispose(): void {
    Object.values(this.#sights).forEach(sight => this.#forget(sight));
    this.#view.remove();
  }

  #forget(sight: Sight | undefined): void {
    if (sight) {
      void this.#bridge.forget(sight.raster.pixels as FileRef);
    }
  }
}

// A function, so that each widget has what it makes for itself.
export default () => {
  let bench: Bench;
  return {
    initialize({ model }: { model: Model<Traits> }): () => void {
      bench = new Bench(model);
      return () => bench.close();
    },

    async render({ model, el }: Render<Traits>): Promise<(() => void) | void> {
      const page = model.get('page');
      const name = model.get('name');
      await bench.link.alive(el);
      if (page && page !== bench.link.page) {
        el.textContent = `${name} was in a page that was closed or reloaded since; choose the file again, and run the cell.`;
        return;
      }
      // The room that it will take.
      const place = make('div', { class: 'wasmcell-Workbench-place wasmcell-mod-widget' });
      place.style.minHeight = `${HEIGHT + 58}px`;
      place.textContent = 'The picture is on its way…';
      el.append(make('style', {}, button + form + picture + workbench), place);
      try {
        const bridge = await bench.link.bridge();
        const file = await bench.file();
        const save = async ({ file: made, format }: Made): Promise<string> => {
          const target = `${name.replace(/\.[^.]*$/, '') || 'image'}.${extensions(format)[0]}`;
          await bridge.save(made, target);
          return bridge.trans('%1 downloaded.', target);
        };
        const made = new Workbench({
          bridge,
          description: bench.description,
          state: bench.state,
          screen: page ? new SealedScreen(bridge, file, bench.state) : new Picture(bridge.trans),
          file,
          source: model.get('source') ?? undefined,
          accept: bridge.trans('Download'),
          save,
          trans: bridge.trans
        });
        place.replaceChildren(made.element);
        const end = keepKeys(place);
        return () => {
          end();
          made.dispose();
        };
      } catch (error) {
        place.textContent = (error as Error).message;
      }
    }
  };
};
