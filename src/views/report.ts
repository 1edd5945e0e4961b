import type { pdf } from '../bridge';
import type { ViewOptions } from '../bridge/view';
import { make } from '../ui/dom';
import { save } from './download';
import type { Stage } from './mount';

/** What was redacted in a private document: for people alone, and so with the words that are gone. */
export function report({ root, desk, trans, complaint }: Stage, { height, file, name }: ViewOptions['report']): void {
  // However much is in it: the page is told how high it is, and would know how much was found.
  root.style.height = `${height}px`;
  root.style.overflow = 'auto';
  const show = async (): Promise<void> => {
    const blob = await desk.call<Blob>('blob', [file]);
    const reports = JSON.parse(await blob.text()) as readonly pdf.RedactionReport[];
    const lines = (texts: readonly string[]): HTMLElement => make('td', {}, ...texts.map(text => make('div', { dir: 'auto' }, text)));
    const place = ({ x, y, width, height }: pdf.Box): string =>
      [x, y, x + width, y + height].map(side => side.toFixed(0)).join(', ');
    const rows = reports.flatMap(({ pages }) =>
      pages.flatMap(({ page, hits, handling, reason, notes }) =>
        make(
          'tr',
          {},
          make('td', {}, String(page)),
          lines([trans(handling === 'pictured' ? 'became a picture' : 'rewritten'), reason].filter(Boolean)),
          lines(hits.map(({ text }) => text || trans('a box'))),
          lines(hits.map(({ boxes }) => boxes.map(place).join('; '))),
          lines(notes)
        )
      )
    );
    const titles = [trans('Page'), trans('How'), trans('Removed'), trans('Left, top, right, bottom (pt)'), trans('Notes')];
    const head = make('tr', {}, ...titles.map(title => make('th', { scope: 'col' }, title)));
    const all = reports.flatMap(({ notFound, acknowledged, notSearched, notes }) => [
      ...(notFound.length ? [trans('On no page: %1', notFound.join(', '))] : []),
      ...(acknowledged.length ? [trans('Pages without text, looked through by a person: %1', [...acknowledged].join(', '))] : []),
      ...notSearched.map(what => trans('Not searched, to be looked through: %1', what)),
      ...notes
    ]);
    root.append(
      make('div', { class: 'report', tabindex: 0, role: 'region', 'aria-label': trans('Private report of a redaction') }, make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows))),
      ...all.map(text => make('p', { class: 'small', dir: 'auto' }, text)),
      make('p', {}, make('button', { 'aria-label': trans('Download %1', name), onclick: () => save(blob, name) }, trans('Download'))),
      complaint
    );
  };
  show().catch((error: Error) => (complaint.textContent = error.message));
}
