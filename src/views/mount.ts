// The start of a view, in its frame (or in the page, where there is no vault).

import { Caller } from '../bridge/rpc';
import type { DeskMethod } from '../bridge/desk';
import type { Theme } from '../bridge/theme';
import type { PageWord, ViewKind, ViewOptions, ViewWelcome, ViewWord } from '../bridge/view';
import { consent } from './consent';
import { document } from './document';
import { download } from './download';
import { pick } from './pick';
import { picture } from './picture';
import { preview } from './preview';
import { STYLE } from './style';

/** What a view works with. */
export interface Stage {
  readonly root: HTMLElement;
  /** Whether it is in the vault, or, for want of one, in the page. */
  readonly home: 'vault' | 'workers';
  /** The vault's desk. */
  readonly desk: Caller<DeskMethod>;
  /** Says something to the page. */
  tell(word: ViewWord): void;
}

/** Draws a view; what it returns hears of the files that the page knows. */
type Draw<K extends ViewKind> = (stage: Stage, options: ViewOptions[K]) => ((word: PageWord) => void) | void;

const VIEWS: { readonly [K in ViewKind]: Draw<K> } = { pick, preview, picture, document, consent, download };

/** Starts a view in `root`, with a port to the page and one to the vault's desk. */
export function mount(root: HTMLElement, welcome: ViewWelcome, page: MessagePort, vault: MessagePort): void {
  const tree = root.getRootNode() as Document | ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  tree.adoptedStyleSheets = [sheet];
  root.classList.add('wasmcell');
  dress(root, welcome.theme);

  const stage: Stage = { root, home: welcome.home, desk: new Caller(vault), tell: word => page.postMessage(word) };
  const draw = VIEWS[welcome.kind] as Draw<ViewKind>;
  const hear = draw(stage, welcome.options);
  page.onmessage = ({ data }: MessageEvent<PageWord>) => {
    if ('theme' in data) {
      dress(root, data.theme);
    } else {
      hear?.(data);
    }
  };
  let told = -1;
  new ResizeObserver(() => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height !== told) {
      told = height;
      stage.tell({ height });
    }
  }).observe(root);
}

function dress(root: HTMLElement, { dark, variables }: Theme): void {
  root.classList.toggle('dark', dark);
  for (const [name, value] of Object.entries(variables)) {
    root.style.setProperty(name, value);
  }
}
