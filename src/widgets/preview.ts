// A private picture, drawn in the vault.
import type { FileRef } from '../bridge/values';
import type { View } from '../bridge/view';
import type { Model, Render } from './afm';
import { Link } from './link';

interface Traits {
  readonly page: string;
  readonly file: FileRef;
  readonly name: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
}

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
      const [width, height] = [model.get('width'), model.get('height')];
      const shown = Math.min(height, 512, ((el.clientWidth || width) * height) / width);
      const options = () => ({
        file: model.get('file'),
        name: model.get('name'),
        caption: model.get('caption'),
        width,
        height
      });
      // The room that it will take: figure, caption and padding.
      el.style.minHeight = `${shown + 34}px`;
      const bridge = await link.bridge();
      const view: View<'preview'> = bridge.view('preview', options, shown + 34);
      el.append(view.element);
      return () => view.remove();
    }
  };
};
