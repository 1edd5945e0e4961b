import { findFunction, type Description } from './description';
import { withEntropy } from './entropy';
import { WasmcellError } from './errors';
import type { Home, HomeStatus, Target } from './home';
import { Ledger } from './ledger';
import { Modules, type ModuleInfo } from './modules';
import type { Arguments, Result, Segment } from './typed';
import { plain, type Translate } from '../ui/translate';
import { textsOf, type ViewTexts } from '../ui/view-texts';
import { Traces } from './traces';
import { byteLength, detached, type FileRef, type ResourceRef } from './values';
import { View, type ViewKind, type ViewOptions, type ViewWord } from './view';
import { VaultHome, type Script } from './vault';
import { WorkersHome, webWorker, type PoolOptions } from './workers';

/** What a call may use. Memory is strict; time is counted from when a worker takes the call up. */
export interface Limits {
  /** Bytes of an instance's memory; rounded down to whole pages of 64 KiB. 2 GiB unless told. */
  readonly memory?: number;
  /** Seconds; 300 unless told, Infinity for no limit. */
  readonly seconds?: number;
}

const DEFAULT_LIMITS: Required<Limits> = { memory: 2 * 2 ** 30, seconds: 300 };

/** How a question over the page looks. */
const OVER =
  'position:fixed;z-index:10000;right:24px;bottom:40px;width:min(480px,90vw);border-radius:4px;' +
  'background:var(--jp-layout-color1,Canvas);box-shadow:var(--jp-elevation-z6,0 4px 16px #0006)';

/** How a call is carried out. */
export interface CallOptions {
  /** Ends the call: its worker is terminated, and the call fails as `cancelled`. */
  readonly signal?: AbortSignal;
  readonly limits?: Limits;
  /** Hand the arguments' binary data over instead of copying it: it is gone from here then. */
  readonly transfer?: boolean;
  /**
   * Keep the bytes of the result where the work is done, as private files of this name. Of a private file also the answer
   * that would tell of it is kept: as JSON.
   */
  readonly keep?: string;
}

/** What a call gives. */
export interface Outcome<T = unknown> {
  readonly value: T;
  /** How long the work took in its worker, instantiation included. */
  readonly seconds: number;
}

/** How a bridge is made. */
export interface BridgeOptions {
  /**
   * Where the work is done. The vault unless told; where the page forbids the vault, plain workers
   * are used, `Bridge.home` says so and the ledger notes it.
   */
  readonly home?: 'vault' | 'workers';
  /** The scripts of the bundle. */
  readonly scripts: { readonly worker: Script; readonly vault: Script };
  readonly pool?: PoolOptions;
  /** Limits of calls that do not tell theirs. */
  readonly limits?: Limits;
  /** Puts what views say into the person's language. */
  readonly trans?: Translate;
}

/**
 * Runs modules in the page: the one bridge of all front-ends. It knows no framework, needs no
 * cross-origin isolation, and works under a strict content security policy (`'wasm-unsafe-eval'`,
 * and workers from the own origin or from blobs).
 *
 * ```ts
 * const bridge = await Bridge.start({ scripts });
 * bridge.modules.add(await moduleAt(new URL('image.wasm', import.meta.url)));
 * const { value } = await bridge.run('image', bytes, {
 *   steps: [{ tag: 'resize', val: { width: 1280 } }],
 *   output: { tag: 'png', val: {} }
 * });
 * ```
 *
 * Values are jco's: records are objects with camelCase names, variants `{tag, val}`, options undefined
 * or the value, `list<u8>` a Uint8Array; those of the modules of the bundle are typed. Every failure is a {@link WasmcellError}.
 */
export class Bridge {
  /** The modules that can be called. */
  readonly modules = new Modules();
  /** The record of every crossing. */
  readonly ledger: Ledger;
  /** The calls: what runs, and what has ended. */
  readonly traces = new Traces();
  /** Why the vault is not used, where it was wanted. */
  readonly refused: string | undefined;
  /** Puts texts into the person's language, where the page can. */
  readonly trans: Translate;
  readonly #texts: ViewTexts;
  readonly #home: Home;
  #limits: Required<Limits>;
  readonly #views = new Set<View>();
  readonly #handed = new Map<string, Promise<void>>();
  /** Files by the kernel that can name them. */
  readonly #named = new Map<string, Map<number, FileRef>>();
  /** Files of kernels that are gone, which people still see. */
  readonly #orphans = new Map<number, FileRef>();

  private constructor(home: Home, ledger: Ledger, limits: Limits, trans: Translate, refused?: string) {
    this.#home = home;
    this.refused = refused;
    this.trans = trans;
    this.#texts = textsOf(trans);
    this.ledger = ledger;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Makes a bridge. @throws WasmcellError `unavailable` if its scripts cannot be had. */
  static async start({ home = 'vault', scripts, pool = {}, limits = {}, trans = plain }: BridgeOptions): Promise<Bridge> {
    const ledger = new Ledger();
    let refused: string | undefined;
    if (home === 'vault') {
      try {
        return new Bridge(await VaultHome.start(scripts.vault, scripts.worker, pool), ledger, limits, trans);
      } catch (error) {
        refused = (error as Error).message;
        ledger.record('page', 'workers', `Plain workers are used: ${refused}`, 0);
      }
    }
    const { worker } = scripts;
    const url = 'text' in worker ? URL.createObjectURL(new Blob([worker.text], { type: 'text/javascript' })) : worker;
    return new Bridge(new WorkersHome(() => webWorker(url), pool), ledger, limits, trans, refused);
  }

  /** A bridge over another home, for other surroundings than a page. */
  static over(home: Home, limits: Limits = {}): Bridge {
    return new Bridge(home, new Ledger(), limits, plain);
  }

  /** Limits of calls from now on that do not tell theirs. */
  get limits(): Required<Limits> {
    return this.#limits;
  }

  set limits(limits: Limits) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Where the work is done. */
  get home(): 'vault' | 'workers' {
    return this.#home.kind;
  }

  /**
   * Calls a function in a fresh instance.
   *
   * @param module The module's name (of several, the one added last), or its sha256.
   * @param name The function's WIT name: `run`; `interface#run` where two interfaces have a `run`.
   * @param args jco's values; a {@link FileRef} in place of bytes stands for a private file.
   */
  async call<M extends string, F extends string>(
    module: M,
    name: F,
    args: Arguments<M, F>,
    options: CallOptions = {}
  ): Promise<Outcome<Result<M, F>>> {
    const description = this.modules.describe(module);
    const target = await this.#target(module, options.limits);
    return this.#cross(description, name, args, options, (call, signal) => this.#home.call(target, call, signal));
  }

  /**
   * Runs a stretch of a pipeline: decodes a file, applies the steps, encodes, all in one call.
   *
   * @param data The file; a {@link FileRef} stands for a private one.
   */
  run<M extends string>(
    module: M,
    data: Uint8Array | FileRef,
    segment: Segment<M>,
    options?: CallOptions
  ): Promise<Outcome<Uint8Array>> {
    const { decode = {}, steps = [], output }: Segment = segment;
    const outcome = this.call<string, 'run'>(module, 'run', [data, decode, steps, output], options);
    return outcome as Promise<Outcome<Uint8Array>>;
  }

  /**
   * Makes an instance that stays, for resources that live in it. Close it after use.
   *
   * @param limits Of each call that does not tell its own; also of the session's start, `drop` and `close`.
   */
  async session(module: string, limits?: Limits): Promise<Session> {
    const description = this.modules.describe(module);
    const seconds = limits?.seconds ?? this.#limits.seconds;
    const number = await this.#home.open(await this.#target(module, limits), seconds);
    return new Session(this.#home, number, (name, args, options) =>
      this.#cross(description, name, args, { limits, ...options }, (call, signal) =>
        this.#home.use(number, call, signal)
      )
    );
  }

  /** Has a module loaded where the work is done, for a view that calls it there; and how long a call may take. */
  async target(module: string): Promise<Target & { readonly seconds: number }> {
    return { ...(await this.#target(module)), seconds: this.#limits.seconds };
  }

  /** Keeps a file where the work is done; it goes there by reference, its bytes are not read here. */
  async put(file: Blob, name = file instanceof File ? file.name : 'file'): Promise<FileRef> {
    const kept = await this.#home.put(file, name);
    this.ledger.record('page', this.home, name, file.size);
    return kept;
  }

  /** Brings a private file's bytes into the page. */
  async pull(file: FileRef): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#home.pull(file);
    this.ledger.record(this.home, 'page', file.name, bytes.length);
    return bytes;
  }

  /** Brings a part of a private file into the page. */
  async read(file: FileRef, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#home.read(file, start, end);
    this.ledger.record(this.home, 'page', file.name, bytes.length);
    return bytes;
  }

  /**
   * Asks the person at the page whether a private file may be read; if so it can be, until `revoke`.
   * The question stands below a view that shows the file, as long as that is in sight; else over the page.
   *
   * @throws WasmcellError `refused`, `cancelled`.
   */
  async consent(file: FileRef, signal?: AbortSignal): Promise<void> {
    let question: View | undefined;
    let out: IntersectionObserver | undefined;
    const asked = new Promise<boolean>((resolve, reject) => {
      const abort = (): void => reject(new WasmcellError('cancelled', 'The question was withdrawn.'));
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) {
        return abort();
      }
      const shown = [...this.#views].find(view => view.shows(file));
      question = this.view('consent', () => ({ file }), 48, word => {
        if ('allowed' in word) {
          resolve(word.allowed);
        } else if ('failed' in word) {
          reject(new WasmcellError('closed', word.failed));
        }
      }) as View;
      const { element } = question;
      const over = (): void => {
        element.style.cssText = OVER;
        document.body.append(element);
      };
      if (shown) {
        shown.element.after(element);
        out = new IntersectionObserver(([entry]) => {
          if (!entry!.isIntersecting) {
            out?.disconnect();
            over();
          }
        });
        out.observe(element);
      } else {
        over();
      }
    });
    try {
      if (!(await asked)) {
        throw new WasmcellError('refused', `The person at the page refused to send ${file.name}.`);
      }
    } finally {
      out?.disconnect();
      question?.remove();
    }
  }

  /** Ends the leave that `consent` was given. */
  revoke(file: FileRef): Promise<void> {
    return this.#home.revoke(file);
  }

  /**
   * Makes a view: a sandboxed frame with something of the vault to see in it.
   *
   * @param options Asked for each time that the view starts.
   * @param height In px, until the view tells its own.
   */
  view<K extends ViewKind>(
    kind: K,
    options: () => ViewOptions[K],
    height: number,
    heard: (word: ViewWord) => void = () => undefined
  ): View<K> {
    const view = new View(this.#home, kind, options, height, this.#texts, heard, () => {
      this.#views.delete(view as View);
      this.#sweep();
    });
    this.#views.add(view as View);
    return view;
  }

  /** Lets a person save a private file: it goes from the vault to the disk. */
  save(file: FileRef, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const view = this.view('download', () => ({ file, name }), 0, word => {
        if ('done' in word) {
          this.ledger.record(this.home, 'disk', name, file.size);
          // The browser still reads from the frame's memory.
          setTimeout(() => view.remove(), 60_000);
          resolve();
        } else if ('failed' in word) {
          view.remove();
          reject(new WasmcellError('closed', word.failed));
        }
      });
      view.element.style.cssText = 'position:fixed;width:0;height:0;overflow:hidden;visibility:hidden';
      document.body.append(view.element);
    });
  }

  /** Lets go of a private file. */
  forget(file: FileRef): Promise<void> {
    this.#named.forEach(files => files.delete(file.$file));
    this.#orphans.delete(file.$file);
    return this.#home.forget(file);
  }

  /** Notes that a kernel can name this file: it stays until that lets go of it, or is gone. */
  name(kernel: string, file: FileRef): void {
    const files = this.#named.get(kernel) ?? new Map<number, FileRef>();
    this.#named.set(kernel, files.set(file.$file, file));
  }

  /** A kernel is gone: lets go of all that it alone could name, as soon as no view shows it. */
  abandon(kernel: string): void {
    this.#named.get(kernel)?.forEach((file, number) => this.#orphans.set(number, file));
    this.#named.delete(kernel);
    this.#sweep();
  }

  #sweep(): void {
    const held = [...this.#views].map(view => view.held());
    for (const file of this.#orphans.values()) {
      if (!held.some(files => files.has(file.$file))) {
        this.forget(file).catch(() => undefined); // of a vault that is gone
      }
    }
  }

  /** What is loaded. */
  loaded(): ModuleInfo[] {
    return this.modules.loaded();
  }

  /** What the home holds: workers, compiled modules, private files. */
  status(): Promise<HomeStatus> {
    return this.#home.status();
  }

  /** Ends all workers, sessions and private files; what runs fails as `closed`. */
  close(): void {
    this.#home.dispose();
  }

  async #target(key: string, limits?: Limits): Promise<Target> {
    const module = await this.modules.load(key);
    const { sha256 } = module.description;
    let handed = this.#handed.get(sha256);
    if (!handed) {
      handed = this.#home.load(module);
      this.#handed.set(sha256, handed);
      handed.catch(() => this.#handed.delete(sha256));
    }
    await handed;
    return { sha256, memory: limits?.memory ?? this.#limits.memory };
  }

  async #cross<T>(
    description: Description,
    name: string,
    args: readonly unknown[],
    { signal, limits, transfer = false, keep }: CallOptions,
    send: (call: Parameters<Home['call']>[1], signal?: AbortSignal) => Promise<Outcome>
  ): Promise<Outcome<T>> {
    const function_ = findFunction(description, name);
    const whole = withEntropy(description, function_, args);
    const sent = transfer ? [...whole] : detached([...whole]);
    const what = `${description.module} ${function_.name}`;
    this.ledger.record('page', this.home, what, byteLength(sent));
    const seconds = limits?.seconds ?? this.#limits.seconds;
    const outcome = await this.traces.follow(description.module, function_, sent, this.home, signal, stop =>
      send({ function: function_, args: sent, seconds, keep }, stop)
    );
    this.ledger.record(this.home, 'page', what, byteLength(outcome.value));
    return outcome as Outcome<T>;
  }
}

/** An instance that stays. A call that is cancelled, or takes too long, ends it. */
export class Session {
  /** Calls a function in this instance; resources come and go as {@link ResourceRef}. */
  readonly call: <T = unknown>(name: string, args: readonly unknown[], options?: CallOptions) => Promise<Outcome<T>>;
  readonly #home: Home;
  readonly #number: number;

  /** @internal */
  constructor(
    home: Home,
    number: number,
    call: (name: string, args: readonly unknown[], options?: CallOptions) => Promise<Outcome>
  ) {
    this.#home = home;
    this.#number = number;
    this.call = call as Session['call'];
  }

  /** Ends a resource; one that was handed over to the module already is no error. */
  drop(resource: ResourceRef): Promise<void> {
    return this.#home.drop(this.#number, resource.$resource);
  }

  /** Ends the instance and all that lives in it; a second time does nothing. */
  close(): Promise<void> {
    return this.#home.close(this.#number);
  }
}
