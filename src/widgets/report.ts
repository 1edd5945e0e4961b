// What was redacted in a private document, shown in the vault.
import type { FileRef } from '../bridge/values';
import type { Model, Render } from './afm';
import { Link } from './link';

interface Traits {
  readonly page: string;
  readonly file: FileRef;
  readonly name: string;
}

/** How high it is, in px. */
const HEIGHT = 320;

// A function, so that each widget has what it makes for itself.
export default () => {
  let link: Link;
  return {
    initialize({ model }: { model: Model<Traits> }): () => void {
      link = new Link(model as Model<never>);
      return () => link.close();
    },

    async render({ model, el }: Render<Traits>): Promise<(() => void) | void> {
      await link.alive(el);
      if (link.page !== model.get('page')) {
        el.textContent = `${model.get('name')} was in a page that was closed or reloaded since; choose its file again, and run the cells.`;
        return;
      }
      const bridge = await link.bridge();
      const view = bridge.view('report', () => ({ height: HEIGHT, file: model.get('file'), name: model.get('name') }), HEIGHT);
      el.append(view.element);
      return () => view.remove();
    }
  };
};
