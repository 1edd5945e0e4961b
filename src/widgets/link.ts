// A widget's model as a link between kernel and page: the kernel asks, the page answers, over custom
// messages. `wasmcell/engines/browser.py` and `wasmcell/widgets/link.py` are the other side.

import { Bridge, pageBridge, WasmcellError } from '../bridge';
import { filesIn, type FileRef } from '../bridge/values';
import { pack, Unpacker, type Frame } from '../wire/frames';
import { Server, type Ask, type Tell } from '../wire/server';
import type { Model } from './afm';
import { whenEnded } from './kernel';

/** Bytes in one message to the kernel: Jupyter's server takes 10 MiB. */
const PIECE = 4 * 2 ** 20;
/** So long the kernel may be silent before what was saved is shown, in milliseconds. */
const QUIET = 1500;

/** What Python asks besides what runs modules. */
type PageAsk = { readonly id: number } & (
  | { readonly op: 'ping' }
  | { readonly op: 'scripts' }
  | { readonly op: 'has'; readonly sha256: string }
  | { readonly op: 'consent'; readonly file: FileRef }
  | { readonly op: 'read'; readonly file: FileRef; readonly start: number; readonly end: number }
  | { readonly op: 'revoke'; readonly file: FileRef }
  | { readonly op: 'forget'; readonly file: FileRef }
  | { readonly op: 'save'; readonly file: FileRef; readonly name: string }
  | { readonly op: 'say'; readonly said: unknown }
);

/** What the models of all widgets have. */
interface Traits {
  /** Names the kernel's process. */
  readonly kernel: string;
  /** The name of the broadcast channel by which it hears, where it is in a worker of the page; else empty. */
  readonly channel: string;
  /** What stands for it in saved notebooks, as HTML. */
  readonly saved: string;
}

/** The page's end of a widget. */
export class Link {
  /** Names this load of the page. */
  readonly page: string;
  readonly #name = String(crypto.getRandomValues(new BigUint64Array(1)));
  readonly #model: Model<Traits>;
  readonly #channel: BroadcastChannel | undefined;
  readonly #first: Promise<void>;
  #heard: () => void = () => undefined;
  #sent = 0;
  readonly #bridge: () => Promise<Bridge>;
  readonly #started: Promise<Bridge>;
  readonly #unwatch: () => void;
  readonly #unpacker = new Unpacker(frame => void this.#take(frame));
  readonly #running = new Map<number, AbortController>();
  readonly #allowed = new Set<FileRef>();
  #gotScripts: (scripts: Uint8Array<ArrayBuffer>[]) => void = () => undefined;
  #gotNone: () => void = () => undefined;
  #server: Promise<Server> | undefined;
  /** Called with what the kernel says to this widget of its own accord. */
  onsaid: (said: unknown, attachments: readonly Uint8Array[]) => void = () => undefined;
  /** Whether the kernel has gone away. */
  lost = false;
  /** Called when it does. */
  onlost: () => void = () => undefined;

  /** @param model Of any of the widgets; to be made in `initialize`, for messages come before `render`. */
  constructor(model: Model<never>) {
    this.#model = model as Model<object> as Model<Traits>;
    const channel = this.#model.get('channel');
    if (channel) {
      this.#channel = new BroadcastChannel(channel);
      this.#model.set('channel', ''); // here alone: what is saved with the notebook, others could read
    }
    this.#first = new Promise(resolve => (this.#heard = resolve));
    const { page, bridge, started } = pageBridge();
    this.page = page;
    this.#bridge = () => bridge(() => this.#start());
    this.#started = started;
    model.on('msg:custom', this.#hear as never);
    this.#unwatch = whenEnded(model, this.#model.get('kernel'), this.#lose);
    addEventListener('pagehide', this.#leave);
    this.#post({ ready: true });
  }

  /** The page's bridge. */
  bridge(): Promise<Bridge> {
    return this.#bridge();
  }

  /** Waits for a word of the kernel's. Where there is none, as in saved notebooks, what was saved is shown. */
  async alive(el: HTMLElement): Promise<void> {
    const timer = setTimeout(() => (el.innerHTML = this.#model.get('saved')), QUIET);
    await this.#first;
    clearTimeout(timer);
    el.replaceChildren();
  }

  /** Tells the kernel something that it did not ask for. */
  tell(event: unknown): void {
    this.#send(event, []);
  }

  /** Notes that the kernel can name a file of the page; one that is gone by now cannot. */
  name(file: FileRef): void {
    void this.#bridge().then(bridge => (this.lost ? bridge.forget(file) : bridge.name(this.#model.get('kernel'), file)));
  }

  /** Ends the link; the page and what it holds stay. */
  close(): void {
    this.#model.off('msg:custom', this.#hear as never);
    this.#unwatch();
    removeEventListener('pagehide', this.#leave);
    this.#running.forEach(controller => controller.abort());
    for (const file of this.#allowed) {
      void this.#bridge().then(bridge => bridge.revoke(file)).catch(() => undefined);
    }
    this.#allowed.clear();
  }

  readonly #lose = (): void => {
    this.lost = true;
    this.close();
    this.#gotNone();
    void this.#server?.then(server => server.end());
    void this.#started.then(bridge => bridge.abandon(this.#model.get('kernel')));
    this.onlost();
  };

  readonly #leave = (): void => this.#post({ left: true });

  /** Sends a message with its number: hosts may deliver twice, or in another order. */
  #post(content: object, buffers?: ArrayBuffer[]): void {
    const numbered = { ...content, page: this.page, link: this.#name, number: this.#sent++ };
    if (this.#channel) {
      this.#channel.postMessage({ content: numbered, buffers: buffers ?? [] });
    } else {
      this.#model.send(numbered, undefined, buffers);
    }
  }

  readonly #hear = (content: { page?: string }, buffers: readonly DataView[]): void => {
    if (content.page === this.page) {
      this.#heard();
      for (const { buffer, byteOffset, byteLength } of buffers) {
        this.#unpacker.push(new Uint8Array(buffer, byteOffset, byteLength));
      }
    }
  };

  async #start(): Promise<Bridge> {
    // A kernel that is busy sends them late: that is no fault.
    const scripts = new Promise<Uint8Array<ArrayBuffer>[]>((resolve, reject) => {
      this.#gotScripts = resolve;
      this.#gotNone = () => reject(new WasmcellError('closed', 'The kernel ended before it sent the scripts.'));
    });
    this.#post({ scripts: true });
    const [vault, worker] = (await scripts) as [Uint8Array, Uint8Array];
    const text = (bytes: Uint8Array): { text: string } => ({ text: new TextDecoder().decode(bytes) });
    return Bridge.start({ scripts: { vault: text(vault), worker: text(worker) } });
  }

  async #take(frame: Frame): Promise<void> {
    const ask = frame.message as PageAsk | Ask;
    switch (ask.op) {
      case 'scripts':
        this.#gotScripts(await Promise.all(frame.attachments.map(gunzip)));
        return;
      case 'say':
        return this.onsaid(ask.said, frame.attachments);
      case 'cancel':
        this.#running.get(ask.id)?.abort();
        break;
      case 'ping':
      case 'has':
      case 'consent':
      case 'read':
      case 'revoke':
      case 'forget':
      case 'save':
        return this.#answer(ask);
    }
    try {
      await this.#note(ask, frame.attachments);
      await (await (this.#server ??= this.#serve())).take(frame);
    } catch (error) {
      this.#server = undefined;
      this.#fail(ask.id, error);
    }
  }

  /** What came with a request came from the kernel; that a secret file is asked for is said, too. */
  readonly #asked = new Map<number, { what: string; secret: boolean }>();

  async #note(ask: Ask, attachments: readonly Uint8Array[]): Promise<void> {
    const { ledger } = await this.#bridge();
    const bytes = attachments.reduce((sum, one) => sum + one.length, 0);
    if (ask.op === 'call' || ask.op === 'use') {
      const files = filesIn(ask.args);
      // wasmcell:image/image@0.1.0#probe
      const name = ask.function.replace(/^.*:(.*)\/.*#/, '$1 ');
      const what = [name, ...files.map(file => file.name)].join(' ');
      this.#asked.set(ask.id, { what, secret: files.length > 0 });
      if (bytes > 0) {
        ledger.record('kernel', 'page', what, bytes);
      }
    } else if (ask.op === 'module') {
      ledger.record('kernel', 'page', `module ${ask.description.module}`, bytes);
    }
  }

  async #serve(): Promise<Server> {
    const bridge = await this.#bridge();
    const module = async (_: string, [gzip]: readonly Uint8Array<ArrayBuffer>[]) => gunzip(gzip!);
    return new Server(bridge, module, (message, attachments) => {
      const asked = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      const bytes = attachments.reduce((sum, one) => sum + one.length, 0);
      // Of what is made of a private file, the answer itself is worth knowing of.
      const size = asked?.secret ? bytes + jsonSize(message) : bytes;
      filesIn('value' in message && message.value).forEach(file => this.name(file));
      if (asked && size > 0) {
        bridge.ledger.record('page', 'kernel', asked.what, size);
      }
      this.#send(message, attachments);
    });
  }

  async #answer(ask: PageAsk): Promise<void> {
    const controller = new AbortController();
    this.#running.set(ask.id, controller);
    try {
      const attachments: Uint8Array[] = [];
      const value = await this.#do(ask, attachments, controller.signal);
      this.#send({ id: ask.id, value: value ?? null, seconds: 0 } satisfies Tell, attachments);
    } catch (error) {
      this.#fail(ask.id, error);
    } finally {
      this.#running.delete(ask.id);
    }
  }

  async #do(ask: PageAsk, attachments: Uint8Array[], signal: AbortSignal): Promise<unknown> {
    if (ask.op === 'ping') {
      return true;
    }
    const bridge = await this.#bridge();
    switch (ask.op) {
      case 'has':
        return bridge.modules.has(ask.sha256);
      case 'consent':
        await bridge.consent(ask.file, signal);
        this.#allowed.add(ask.file);
        return bridge.home;
      case 'read': {
        const bytes = await bridge.read(ask.file, ask.start, ask.end);
        bridge.ledger.record('page', 'kernel', ask.file.name, bytes.length);
        attachments.push(bytes);
        return true;
      }
      case 'revoke':
        for (const file of this.#allowed) {
          if (file.$file === ask.file.$file) {
            this.#allowed.delete(file);
          }
        }
        return bridge.revoke(ask.file);
      case 'forget':
        return bridge.forget(ask.file);
      case 'save':
        return bridge.save(ask.file, ask.name);
      default:
        throw new WasmcellError('unavailable', 'The page and the kernel have different versions of wasmcell.');
    }
  }

  #fail(id: number, error: unknown): void {
    this.#send({ id, fault: WasmcellError.from(error, 'trapped').toFault() }, []);
  }

  /** Sends a frame in pieces. */
  #send(message: unknown, attachments: readonly Uint8Array[]): void {
    if (this.lost) {
      return;
    }
    for (const chunk of pack(message, attachments)) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        this.#post({}, [chunk.slice(at, at + PIECE).buffer as ArrayBuffer]);
      }
    }
  }
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes of an answer, as it travels. */
export function jsonSize(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
