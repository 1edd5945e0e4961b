import { mount } from '../views/mount';
import type { Home, Target } from './home';
import type { ViewText, ViewTexts } from '../ui/view-texts';
import { CONSENT } from '../views/consent';
import type { Side, Sight } from '../workbench/sight';
import { isReady, sealed, windowOf } from './sealed';
import { observeTheme, themeOf, type Theme } from './theme';
import { filesIn, type FileRef } from './values';
import { VaultHome } from './vault';

/** A file that a person chose. */
export interface ChosenFile extends FileRef {
  /** In hex. */
  readonly sha256: string;
}

/** The same, which is perhaps still being read. */
export type ShownFile = FileRef & Partial<ChosenFile>;

/** The kinds of views, and what each is given. */
export interface ViewOptions {
  /** A drop zone with the files that were chosen. */
  readonly pick: {
    readonly accept: string;
    readonly multiple: boolean;
    readonly label: string;
    readonly files: readonly ShownFile[];
    /** Whether the kernel that would hear of a choice has gone away. */
    readonly lost: boolean;
    /** The names of files that were chosen in a page that is gone, and must be chosen again. */
    readonly missing: readonly string[];
  };
  /** A picture, with one line on it. */
  readonly preview: { readonly file: FileRef; readonly name: string; readonly caption: string; readonly width: number; readonly height: number };
  /** A picture before and after, as somebody works on it; its pixels come by reference. */
  readonly picture: { readonly height: number; readonly file: FileRef; readonly sights: Readonly<Partial<Record<Side, Sight>>> };
  /** A document, to be read; the view calls the module itself. */
  readonly document: {
    readonly height: number;
    readonly file: FileRef;
    /** For those that it does not have within it. */
    readonly fonts: readonly { readonly name: string; readonly data: FileRef; readonly face?: number | undefined }[];
    readonly target: Target & { readonly seconds: number };
  };
  /** What was redacted in a document: an answer that was kept. */
  readonly report: { readonly height: number; readonly file: FileRef; readonly name: string };
  /** The question whether a file may be sent to the kernel; what it is called, the vault tells. */
  readonly consent: { readonly file: FileRef };
  /** Nothing to see: saves a file. */
  readonly download: { readonly file: FileRef; readonly name: string };
}

export type ViewKind = keyof ViewOptions;

/** What a view says to the page. Bytes are never among it. */
export type ViewWord =
  | { readonly height: number }
  /** They were chosen, and are being read. */
  | { readonly kept: readonly FileRef[] }
  /** They are read. */
  | { readonly chosen: readonly ChosenFile[] }
  | { readonly removed: readonly number[] }
  | { readonly allowed: boolean }
  /** Keys for the history were pressed in it. */
  | { readonly history: 'undo' | 'redo' }
  /** For how many pixels there is room. */
  | { readonly box: readonly [width: number, height: number] }
  | { readonly done: true }
  | { readonly failed: string };

/** What the page says to a view. */
export type PageWord =
  | { readonly theme: Theme }
  | { readonly files: readonly ShownFile[] }
  /** The vault has gone away. */
  | { readonly gone: true }
  /** The kernel that would hear of a choice has gone away. */
  | { readonly lost: true }
  /** The names of files that were chosen in a page that is gone, and must be chosen again. */
  | { readonly missing: readonly string[] }
  | { readonly side: Side; readonly sight: Sight }
  | { readonly busy: boolean };

/** What a view is given when it starts, with two ports: to the page, and to the vault's desk. */
export interface ViewWelcome<K extends ViewKind = ViewKind> {
  readonly wasmcell: 'view';
  readonly nonce: string;
  readonly kind: K;
  readonly options: ViewOptions[K];
  readonly home: Home['kind'];
  readonly theme: Theme;
  readonly texts: ViewTexts;
}

/** As the vault's, and pictures from its own blobs; styles are set by script. */
const POLICY = [
  "default-src 'none'",
  "connect-src 'none'",
  'img-src blob:',
  "frame-src 'none'",
  "form-action 'none'",
  "base-uri 'none'"
].join('; ');

/**
 * What people see of the vault: a sandboxed frame of its own, which may come, go and be moved, joined to
 * the vault by a port that the page does not keep. It hangs in a closed shadow tree, so that scripts
 * of the page find neither its window nor the nonce by which it knows its maker.
 *
 * Where there is no vault, the same runs in the page itself.
 */
export class View<K extends ViewKind = ViewKind> {
  /** What to put into the page. */
  readonly element: HTMLElement;
  readonly #home: Home;
  readonly #root: ShadowRoot;
  readonly #kind: K;
  readonly #options: () => ViewOptions[K];
  readonly #heard: (word: ViewWord) => void;
  readonly #texts: ViewTexts;
  readonly #nonce = String(crypto.getRandomValues(new BigUint64Array(2)));
  readonly #ends: (() => void)[] = [];
  #frame: HTMLIFrameElement | undefined;
  #port: MessagePort | undefined;
  #joined = new AbortController();

  /**
   * @param options Asked for each time that the view starts: a frame that is moved starts anew.
   * @param height In px, until the view tells its own.
   * @param texts What it says, in the person's language.
   */
  constructor(
    home: Home,
    kind: K,
    options: () => ViewOptions[K],
    height: number,
    texts: ViewTexts,
    heard: (word: ViewWord) => void,
    removed: () => void
  ) {
    this.#home = home;
    this.#kind = kind;
    this.#options = options;
    this.#texts = texts;
    this.#heard = heard;
    this.element = document.createElement('div');
    this.element.className = `wasmcell-view wasmcell-${kind}`;
    // Without a vault there is nothing to hide.
    this.#root = this.element.attachShadow({ mode: home instanceof VaultHome ? 'closed' : 'open' });
    if (home instanceof VaultHome) {
      this.#seal(home, height);
    } else {
      const root = this.#root.appendChild(document.createElement('div'));
      // When it is in its place, which has its theme.
      queueMicrotask(() => this.#start((welcome, ports) => mount(root, welcome, ...ports)));
    }
    this.#ends.push(removed);
    this.#ends.push(observeTheme(() => this.post({ theme: themeOf(this.element) })));
  }

  /** The numbers of the files in it. */
  held(): ReadonlySet<number> {
    return new Set(filesIn(this.#options()).map(file => file.$file));
  }

  /** Whether a person can see this file in it now. */
  shows(file: FileRef): boolean {
    const { left, width, bottom } = this.element.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, bottom - 4) === this.element;
    return seen && this.#kind !== 'picture' && this.held().has(file.$file);
  }

  /** Says something to the view. */
  post(word: PageWord): void {
    this.#port?.postMessage(word);
  }

  /** Takes the view out of the page. */
  remove(): void {
    this.#ends.splice(0).forEach(end => end());
    this.#port?.close();
    this.#joined.abort();
    this.element.remove();
  }

  #seal(home: VaultHome, height: number): void {
    const frame = sealed({ ...home.frame, policy: POLICY, downloads: true, nonce: this.#nonce });
    const kind: ViewKind = this.#kind;
    frame.title = kind === 'consent' ? CONSENT : this.#texts[TITLES[kind]];
    // The frame's documents are of the light scheme, whatever is in them: where the schemes of a frame
    // and its document differ, the browser paints a backdrop.
    frame.style.cssText = `display:block;width:100%;height:${height}px;border:0;color-scheme:light`;
    this.#frame = frame;
    const hear = (event: MessageEvent): void => {
      if (isReady(frame, event)) {
        this.#start((welcome, ports) => windowOf(frame)?.postMessage(welcome, '*', ports));
      }
    };
    addEventListener('message', hear);
    this.#ends.push(() => removeEventListener('message', hear));
    this.#root.append(frame);
  }

  #start(give: (welcome: ViewWelcome, ports: [MessagePort, MessagePort]) => void): void {
    // What the frame was doing for the view before it was moved ends.
    this.#port?.close();
    this.#joined.abort();
    this.#joined = new AbortController();
    const page = new MessageChannel();
    const vault = new MessageChannel();
    this.#port = page.port1;
    page.port1.onmessage = ({ data }: MessageEvent<ViewWord>) => this.#hear(data);
    this.#home.view(vault.port1, this.#joined.signal).catch((error: Error) => {
      // Not in all browsers the view's own port tells it.
      page.port1.postMessage({ gone: true } satisfies PageWord);
      this.#heard({ failed: error.message });
    });
    const welcome: ViewWelcome<K> = {
      wasmcell: 'view',
      nonce: this.#nonce,
      kind: this.#kind,
      options: this.#options(),
      home: this.#home.kind,
      theme: themeOf(this.element),
      texts: this.#texts
    };
    give(welcome as ViewWelcome, [page.port2, vault.port2]);
  }

  #hear(word: ViewWord): void {
    if ('height' in word && this.#frame) {
      this.#frame.style.height = `${word.height}px`;
    }
    this.#heard(word);
  }
}

const TITLES: Readonly<Record<Exclude<ViewKind, 'consent'>, ViewText>> = {
  pick: 'Choose private files',
  preview: 'Private picture',
  picture: 'Private picture, before and after',
  document: 'Private document',
  report: 'Private report of a redaction',
  download: 'Saving a private file'
};
