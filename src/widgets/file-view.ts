import type { Bridge } from '../bridge';
import type { FileRef } from '../bridge/values';
import type { Model, Render } from './afm';
import { Link } from './link';

/** What is synced of a view of a private file: where it is, and none of its bytes. */
export interface FileTraits {
  readonly page: string;
  readonly file: FileRef;
  readonly name: string;
}

/** A view of the vault. */
interface Shown {
  readonly element: HTMLElement;
  remove(): void;
}

/**
 * An anywidget that shows a private file in the vault, or says that its page has gone.
 * @param room how high it will be in a place of this width; in px.
 */
export function fileView<T extends FileTraits>(
  room: (model: Model<T>, width: number) => number,
  show: (bridge: Bridge, model: Model<T>, height: number) => Shown
) {
  // A function, so that each widget has what it makes for itself.
  return () => {
    let link: Link;
    return {
      initialize({ model }: { model: Model<T> }): () => void {
        link = new Link(model as Model<never>);
        return () => link.close();
      },

      async render({ model, el }: Render<T>): Promise<(() => void) | void> {
        await link.alive(el);
        if (link.page !== model.get('page')) {
          el.textContent = `${model.get('name')} was in a page that was closed or reloaded since; choose its file again, and run the cells.`;
          return;
        }
        const height = room(model, el.clientWidth);
        el.style.minHeight = `${height}px`;
        const view = show(await link.bridge(), model, height);
        el.append(view.element);
        return () => view.remove();
      }
    };
  };
}
