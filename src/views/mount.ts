// The start of a view, in its frame (or in the page, where there is no vault).

import { Caller, goneError } from '../bridge/rpc';
import type { DeskMethod } from '../bridge/desk';
import type { Theme } from '../bridge/theme';
import type { PageWord, ViewKind, ViewOptions, ViewWelcome, ViewWord } from '../bridge/view';
import { make } from '../ui/dom';
import type { Translate } from '../ui/translate';
import { consent } from './consent';
import { document } from './document';
import { download } from './download';
import { pick } from './pick';
import { picture } from './picture';
import { preview } from './preview';
import { report } from './report';
import { STYLE } from './style';
import { translateBy, type ViewText } from '../ui/view-texts';

/** What a view works with. */
export interface Stage {
  readonly root: HTMLElement;
  /** Whether it is in the vault, or, for want of one, in the page. */
  readonly home: 'vault' | 'workers';
  /** The vault's desk. */
  readonly desk: Caller<DeskMethod>;
  /** The page's own texts: for all but what a person must be able to trust against the page. */
  readonly trans: Translate<ViewText>;
  /** What goes wrong is said here: a place for it, which is below all else unless it is given another. */
  readonly complaint: HTMLElement;
  /** Says something to the page. */
  tell(word: ViewWord): void;
}

/** Draws a view; what it returns hears of the files that the page knows. */
type Draw<K extends ViewKind> = (stage: Stage, options: ViewOptions[K]) => ((word: PageWord) => void) | void;

const VIEWS: { readonly [K in ViewKind]: Draw<K> } = { pick, preview, picture, document, report, consent, download };

/** Starts a view in `root`, with a port to the page and one to the vault's desk. */
export function mount(root: HTMLElement, welcome: ViewWelcome, page: MessagePort, vault: MessagePort): void {
  const tree = root.getRootNode() as Document | ShadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  tree.adoptedStyleSheets = [sheet];
  root.classList.add('wasmcell');
  const dress = ({ dark, variables }: Theme): void => {
    root.classList.toggle('dark', dark);
    // The page has no say in how the question looks: it could make its words vanish.
    for (const [name, value] of Object.entries(welcome.kind === 'consent' ? {} : variables)) {
      root.style.setProperty(name, value);
    }
  };
  dress(welcome.theme);

  const stage: Stage = {
    root,
    home: welcome.home,
    desk: new Caller(vault),
    trans: translateBy(welcome.texts),
    complaint: make('p', { class: 'bad', role: 'alert' }),
    tell: word => page.postMessage(word)
  };
  const draw = VIEWS[welcome.kind] as Draw<ViewKind>;
  const hear = draw(stage, welcome.options);
  if (!stage.complaint.parentNode) {
    root.append(stage.complaint);
  }
  page.onmessage = ({ data }: MessageEvent<PageWord>) => {
    if ('theme' in data) {
      return dress(data.theme);
    }
    if ('gone' in data) {
      // Its text is not the page's: it stands by the question, too.
      const error = goneError();
      stage.desk.close(error);
      stage.complaint.textContent = error.message;
    }
    hear?.(data);
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
