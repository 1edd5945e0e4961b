// wasmcell.pick: a drop zone in the vault, and the files that were chosen in it.
import type { ChosenFile, ShownFile, View, ViewWord } from '../bridge/view';
import type { Model, Render } from './afm';
import { jsonSize, Link } from './link';

interface Traits {
  readonly accept: string;
  readonly multiple: boolean;
  readonly label: string;
}

/** A drop zone's height without files, in px: what is reserved until the view says its own. */
const HEIGHT = 76;

/** What the views of one model have in common. */
class Pick {
  readonly link: Link;
  readonly views = new Set<View>();
  files: readonly ShownFile[] = [];
  /** The names of files that were chosen in pages that are gone, as the kernel knows them. */
  missing: readonly string[] = [];

  constructor(model: Model<never>) {
    this.link = new Link(model);
    this.link.onsaid = said => {
      this.missing = said as readonly string[];
      this.views.forEach(view => view.post({ missing: this.missing }));
    };
    this.link.onlost = () => this.views.forEach(view => view.post({ lost: true }));
  }

  hear(from: View | undefined, word: ViewWord): void {
    if ('kept' in word) {
      this.files = [...this.files, ...word.kept];
      word.kept.forEach(file => this.link.name(file));
    } else if ('chosen' in word) {
      const chosen = new Map(word.chosen.map(file => [file.$file, file]));
      this.files = this.files.map(file => chosen.get(file.$file) ?? file);
      this.link.tell({ event: 'chosen', files: word.chosen });
      void this.#note(word.chosen);
    } else if ('removed' in word) {
      const gone = this.files.filter(file => word.removed.includes(file.$file));
      this.files = this.files.filter(file => !word.removed.includes(file.$file));
      this.link.tell({ event: 'removed', files: word.removed });
      void this.link.bridge().then(bridge => gone.forEach(file => void bridge.forget(file)));
    } else {
      return;
    }
    this.views.forEach(view => view !== from && view.post({ files: this.files }));
  }

  async #note(files: readonly ChosenFile[]): Promise<void> {
    const { ledger, home } = await this.link.bridge();
    for (const file of files) {
      const bytes = jsonSize(file);
      ledger.record(home, 'page', `${file.name}: name, type, size and sha256`, bytes);
      ledger.record('page', 'kernel', `${file.name}: name, type, size and sha256`, bytes);
    }
  }
}

// A function, so that each widget has what it makes for itself.
export default () => {
  let pick: Pick;
  return {
    initialize({ model }: { model: Model<Traits> }): () => void {
      pick = new Pick(model as Model<never>);
      return () => pick.link.close();
    },

    async render({ model, el }: Render<Traits>): Promise<() => void> {
      el.style.minHeight = `${HEIGHT}px`;
      await pick.link.alive(el);
      let view: View<'pick'> | undefined;
      try {
        const bridge = await pick.link.bridge();
        const options = () => ({
          accept: model.get('accept'),
          multiple: model.get('multiple'),
          label: model.get('label'),
          files: pick.files,
          lost: pick.link.lost,
          missing: pick.missing
        });
        view = bridge.view('pick', options, HEIGHT, word => pick.hear(view as View, word));
        pick.views.add(view as View);
        el.append(view.element);
        pick.link.tell({ event: 'home', home: bridge.home });
      } catch (error) {
        el.textContent = (error as Error).message;
      }
      return () => {
        pick.views.delete(view as View);
        view?.remove();
      };
    }
  };
};
