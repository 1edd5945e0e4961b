// The crossings between vault, page and kernel, live.
import { LedgerTable } from '../panel/ledger';
import { make } from '../ui/dom';
import style from '../../style/panel.css';
import type { Model, Render } from './afm';
import { Link } from './link';

// A function, so that each widget has what it makes for itself.
export default () => {
  let link: Link;
  return {
    initialize({ model }: { model: Model<never> }): () => void {
      link = new Link(model);
      return () => link.close();
    },

    async render({ el }: Render<never>): Promise<() => void> {
      await link.alive(el);
      const bridge = await link.bridge();
      const table = new LedgerTable(bridge, bridge.trans);
      el.append(make('style', {}, style), table.element);
      table.update();
      let frame = 0;
      const end = bridge.ledger.observe(() => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(() => table.update());
      });
      return () => {
        cancelAnimationFrame(frame);
        end();
      };
    }
  };
};
