// wasmcell.widgets.Reader: a document of the kernel's, or a private one, which is read in the vault.
import type { Bridge, FileRef } from '../bridge';
import { make } from '../ui/dom';
import { DocumentBook, Reader } from '../reader';
import button from '../../style/button.css';
import reader from '../../style/reader.css';
import type { Model, Render } from './afm';
import { keepKeys } from './keys';
import { Link } from './link';
import { Source, type Font } from './source';

interface Traits {
  /** A private document; null for one of the kernel's. */
  readonly file: FileRef | null;
  /** The page that has it; '' for one of the kernel's. */
  readonly page: string;
  readonly name: string;
}

/** How high it is, in px. */
const HEIGHT = 640;

/** A reader in the vault: the page sees nothing of the document. */
async function sealed(bridge: Bridge, file: FileRef, fonts: readonly Font[]): Promise<{ readonly element: HTMLElement; dispose(): void }> {
  const target = await bridge.target('pdf');
  const view = bridge.view('document', () => ({ height: HEIGHT, file, fonts, target }), HEIGHT);
  return { element: view.element, dispose: () => view.remove() };
}

function open(bridge: Bridge, file: FileRef, fonts: readonly Font[], name: string): Reader {
  const book = new DocumentBook(() => bridge.session('pdf'), file, fonts);
  return new Reader({ book, name, follow: uri => void window.open(uri, '_blank', 'noopener,noreferrer'), trans: bridge.trans });
}

// A function, so that each widget has what it makes for itself.
export default () => {
  let link: Link;
  let source: Source;
  return {
    initialize({ model }: { model: Model<Traits> }): () => void {
      link = new Link(model as Model<never>);
      source = new Source(link, model as Model<never>);
      return () => {
        source.close();
        link.close();
      };
    },

    async render({ model, el }: Render<Traits>): Promise<(() => void) | void> {
      const page = model.get('page');
      const name = model.get('name');
      await link.alive(el);
      if (page && page !== link.page) {
        el.textContent = `${name} was in a page that was closed or reloaded since; choose the file again, and run the cell.`;
        return;
      }
      // The room that it will take.
      const place = make('div', { class: 'wasmcell-Reader-place wasmcell-mod-widget' });
      place.style.height = `${HEIGHT}px`;
      place.textContent = 'The document is on its way…';
      el.append(make('style', {}, button + reader), place);
      try {
        const bridge = await link.bridge();
        const file = await source.get();
        const made = page ? await sealed(bridge, file, source.fonts) : open(bridge, file, source.fonts, name);
        place.replaceChildren(made.element);
        const end = keepKeys(place, ['f']);
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
