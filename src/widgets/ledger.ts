// The crossings between vault, page and kernel, live.
import type { Crossing } from '../bridge';
import { h, size } from '../views/dom';
import type { Model, Render } from './afm';
import { Link } from './link';

const STYLE = `
.wasmcell-ledger { color: var(--jp-ui-font-color1, inherit); font: var(--jp-ui-font-size1, 13px)/1.4 var(--jp-ui-font-family, system-ui); }
.wasmcell-ledger .all { max-height: 320px; overflow: auto; }
.wasmcell-ledger table { border-collapse: collapse; width: 100%; }
.wasmcell-ledger th { position: sticky; top: 0; text-align: left; font-weight: 600; background: var(--jp-layout-color2, Canvas); }
.wasmcell-ledger :is(th, td) { padding: 4px 8px; border-bottom: 1px solid var(--jp-border-color2, #8884); vertical-align: top; }
.wasmcell-ledger :is(th, td).bytes { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wasmcell-ledger td.time { font-variant-numeric: tabular-nums; white-space: nowrap; }
.wasmcell-ledger tr.out td { background: color-mix(in srgb, var(--jp-warn-color1, #f57c00) 14%, transparent); }
.wasmcell-ledger p { margin: 0 0 6px; }
`;

// A function, so that each widget has what it makes for itself.
export default () => {
  let link: Link;
  return {
    initialize({ model }: { model: Model<never> }): () => void {
      link = new Link(model);
      return () => link.close();
    },

    async render({ el }: Render<never>): Promise<() => void> {
      const { ledger, home } = await link.bridge();
      const body = h('tbody');
      const sum = h('p', { role: 'status' });
      const head = h('tr', {}, ...['Time', 'From', 'To', 'What'].map(text => h('th', { scope: 'col', textContent: text })));
      head.append(h('th', { scope: 'col', className: 'bytes', textContent: 'Bytes' }));
      const all = h('div', { className: 'all', tabIndex: 0, role: 'region', 'aria-label': 'Crossings' });
      all.append(h('table', {}, h('thead', {}, head), body));
      const box = h('div', { className: 'wasmcell-ledger' }, h('style', { textContent: STYLE }), sum, all);

      let last: { crossing: Crossing; bytes: number; cell: HTMLElement } | undefined;
      const add = (crossing: Crossing): void => {
        const same = last && (['from', 'to', 'what'] as const).every(key => last!.crossing[key] === crossing[key]);
        if (last && same) {
          // Pieces of one file.
          last.bytes += crossing.bytes;
          last.cell.textContent = size(last.bytes);
        } else {
          const cell = h('td', { className: 'bytes', textContent: size(crossing.bytes) });
          const time = new Date(crossing.time).toLocaleTimeString();
          const row = h('tr', { className: crossing.to === 'kernel' ? 'out' : '' }, h('td', { className: 'time', textContent: time }));
          row.append(...[crossing.from, crossing.to, crossing.what].map(text => h('td', { textContent: text })), cell);
          body.append(row);
          last = { crossing, bytes: crossing.bytes, cell };
        }
        const [out, back] = [ledger.total('page', 'kernel'), ledger.total('kernel', 'page')];
        const kept = home === 'vault' ? 'Private files are in the vault.' : 'This page forbids the vault: plain workers are used.';
        sum.textContent = `${kept} To the kernel: ${size(out)}. From the kernel: ${size(back)}.`;
        all.scrollTop = all.scrollHeight;
      };
      ledger.crossings.forEach(add);
      if (ledger.crossings.length === 0) {
        sum.textContent = 'Nothing has crossed yet.';
      }
      el.append(box);
      return ledger.observe(add);
    }
  };
};
