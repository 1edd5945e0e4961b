import type { FileRef } from '../bridge/values';
import type { ViewOptions, PageWord } from '../bridge/view';
import { historyOf } from '../workbench/keys';
import { Picture } from '../workbench/picture';
import type { Side, Sight } from '../workbench/sight';
import button from '../../style/button.css';
import style from '../../style/picture.css';
import type { Stage } from './mount';

/** A picture before and after. The page says which pixels, and how they are made; it does not see them. */
export function picture({ root, desk, tell, trans, complaint }: Stage, { height, sights }: ViewOptions['picture']): (word: PageWord) => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(button + style);
  (root.getRootNode() as Document | ShadowRoot).adoptedStyleSheets.push(sheet);
  root.style.padding = '0';
  root.style.height = `${height}px`;
  const shown = new Picture(trans);
  const newest: Partial<Record<Side, Sight>> = {};

  const show = async (side: Side, sight: Sight): Promise<void> => {
    newest[side] = sight;
    try {
      const blob = await desk.call<Blob>('blob', [sight.raster.pixels as FileRef]);
      const pixels = new Uint8Array(await blob.arrayBuffer());
      if (newest[side] === sight) {
        shown.show(side, { ...sight, raster: { ...sight.raster, pixels } });
      }
    } catch {
      // A newer one has taken its place.
    }
  };
  shown.onbox = box => tell({ box });
  // The frame has the keyboard; the steps are the page's.
  root.addEventListener('keydown', event => {
    const history = historyOf(event);
    if (history) {
      event.preventDefault();
      event.stopPropagation();
      tell({ history });
    }
  });
  root.append(complaint, shown.element);
  for (const [side, sight] of Object.entries(sights)) {
    void show(side as Side, sight);
  }
  return word => {
    if ('side' in word) {
      void show(word.side, word.sight);
    } else if ('busy' in word) {
      shown.busy(word.busy);
    }
  };
}
