import { DISCREET, type Discreet } from '../generated/discreet';
import { findFunction, type FunctionName } from './description';
import { Desk, type Bench } from './desk';
import { sha256 } from './digest';
import { WasmcellError, type ErrorCode } from './errors';
import { FileStore, type Origins } from './files';
import type { Call, Home, HomeStatus, Target } from './home';
import { Compiler, type LoadedModule } from './modules';
import { Pool, type Answer, type ExecOptions, type Slot, type WorkerLike } from './pool';
import type { Link, Reply, Request } from './protocol';
import { serve } from './rpc';
import { buffers, placesOf, type FileRef } from './values';

/** How many workers there are at a time, and how long one lives without work. */
export interface PoolOptions {
  /** Workers at work at a time; the number of the machine's cores unless told, at most 8. */
  readonly size?: number;
  /** Seconds until a worker without work is ended; 30 unless told. */
  readonly idleSeconds?: number;
}

/** The home that is made of plain workers. */
export class WorkersHome implements Home {
  readonly kind = 'workers';
  readonly #pool: Pool;
  /** Each with the sha256 of its core modules, found here: nobody's word is taken for what runs. */
  readonly #modules = new Map<string, LoadedModule & { readonly glue: string }>();
  readonly #compiler = new Compiler();
  readonly #sessions = new Map<number, Session>();
  readonly #files = new FileStore();
  readonly #discreet: Readonly<Record<string, Discreet>>;
  #next = 1;

  /** @param discreet What modules may do with secret files, by their glue. */
  constructor(spawn: () => WorkerLike, { size, idleSeconds = 30 }: PoolOptions = {}, discreet = DISCREET) {
    this.#discreet = discreet;
    this.#pool = new Pool(spawn, { size: size ?? Math.min(8, navigator.hardwareConcurrency || 2), idleSeconds });
  }

  async ready(): Promise<void> {
    await this.#pool.exec({ op: 'close' }, { seconds: Infinity });
  }

  async load(module: LoadedModule): Promise<void> {
    this.#modules.set(module.description.sha256, { ...module, glue: await sha256(module.cores) });
  }

  async call(target: Target, call: Call, signal?: AbortSignal): Promise<Answer> {
    const [link, { args, secrets }] = await Promise.all([this.#link(target), this.#files.resolve(call.args)]);
    const request: Request = { op: 'call', link, function: call.function, args };
    return this.#guarded(link, call, secrets, () => this.#pool.exec(request, options(call, args, signal)));
  }

  async open(target: Target, seconds: number): Promise<number> {
    const session = await this.#start(target, seconds);
    const number = this.#next++;
    this.#sessions.set(number, session);
    return number;
  }

  async #start(target: Target, seconds: number): Promise<Session> {
    const link = await this.#link(target);
    const session = new Session(this.#pool.lease(), link, seconds);
    try {
      await session.exec({ op: 'open', link });
    } catch (error) {
      this.#pool.release(session.slot);
      throw error;
    }
    return session;
  }

  async use(number: number, call: Call, signal?: AbortSignal): Promise<Answer> {
    const { args, secrets } = await this.#files.resolve(call.args);
    const request: Request = { op: 'use', function: call.function, args };
    const session = this.#session(number);
    // What was made of a secret file lives on in the session.
    const origins = new Map([...session.secrets, ...secrets]);
    return this.#guarded(session.link, call, origins, () => {
      session.secrets = origins;
      return session.exec(request, options(call, args, signal));
    });
  }

  async drop(session: number, resource: number): Promise<void> {
    await this.#ask(this.#sessions.get(session), { op: 'drop', resource });
  }

  async close(number: number): Promise<void> {
    const session = this.#sessions.get(number);
    this.#sessions.delete(number);
    await (session && this.#end(session));
  }

  async #end(session: Session): Promise<void> {
    try {
      if (session.busy) {
        session.slot.end(new WasmcellError('closed', 'The session is closed.'));
      } else if (!session.slot.ended) {
        await this.#ask(session, { op: 'close' });
      }
    } finally {
      this.#pool.release(session.slot);
    }
  }

  /** Has a session do what is no call; of the secret files in it, an error tells nothing. */
  async #ask(session: Session | undefined, request: Request): Promise<void> {
    await session?.exec(request).catch(error => {
      throw this.#discreetly(error, session.link, session.secrets);
    });
  }

  async put(file: Blob, name: string): Promise<FileRef> {
    return this.#files.put(file, name);
  }

  async pull(file: FileRef): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.read(file);
  }

  async read(file: FileRef, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.read(file, start, end);
  }

  async revoke(file: FileRef): Promise<void> {
    this.#files.leave(file, false);
  }

  async #digest(file: FileRef, progress: MessagePort, signal: AbortSignal): Promise<string> {
    const request: Request = { op: 'digest', file: this.#files.chosen(file), name: file.name, progress };
    // Beside the pool: no call waits for a large file to be read.
    const slot = this.#pool.lease();
    try {
      return (await slot.exec(request, { seconds: Infinity, signal, transfer: [progress] })).value as string;
    } finally {
      this.#pool.release(slot);
    }
  }

  async forget(file: FileRef): Promise<void> {
    this.#files.forget(file);
  }

  view(port: MessagePort, signal: AbortSignal): Promise<void> {
    const desk = new Desk(this.#files, {
      digest: (file, progress, signal) => this.#digest(file, progress, signal),
      open: (target, seconds) => this.#bench(target, seconds, signal)
    });
    const end = serve(port, desk);
    return new Promise(resolve => signal.addEventListener('abort', () => resolve(end())));
  }

  /** An instance for a view: what is not for the page may come out of it. It ends with the view, if not before. */
  async #bench(target: Target, seconds: number, parted: AbortSignal): Promise<Bench> {
    const session = await this.#start(target, seconds);
    const part = (): void => void this.#end(session).catch(() => undefined);
    parted.addEventListener('abort', part);
    if (parted.aborted) {
      part();
    }
    const { description } = this.#modules.get(target.sha256)!;
    return {
      close: () => {
        parted.removeEventListener('abort', part);
        return this.#end(session);
      },
      call: async (name, given, seconds, signal) => {
        const { args } = await this.#files.resolve(given);
        const request: Request = { op: 'use', function: findFunction(description, name), args };
        return session.exec(request, { seconds, signal, transfer: buffers(args) });
      }
    };
  }

  async status(): Promise<HomeStatus> {
    const workers = { size: this.#pool.size, ...this.#pool.workers };
    return { workers, compiled: this.#compiler.compiled, files: this.#files.kept };
  }

  dispose(): void {
    this.#pool.close();
    this.#sessions.clear();
  }

  async #link({ sha256: key, memory }: Target): Promise<Link> {
    const module = this.#modules.get(key);
    if (!module) {
      throw new WasmcellError('module', `The module with sha256 ${key} is not loaded.`);
    }
    return {
      module: module.description.module,
      glue: module.glue,
      cores: await this.#compiler.compile(key, module.cores, memory),
      memory
    };
  }

  #session(number: number): Session {
    const session = this.#sessions.get(number);
    if (!session) {
      throw new WasmcellError('closed', 'The session is closed.');
    }
    return session;
  }

  /** Runs a call. One that has to do with a secret file must be of those that tell nothing of it, and so must its error. */
  async #guarded(link: Link, call: Call, secrets: Origins, run: () => Promise<Answer>): Promise<Answer> {
    if (secrets.size === 0) {
      return this.#finish(call, secrets, await run());
    }
    const names = [...secrets.values()].join(', ');
    const discreet = this.#discreet[link.glue];
    const { functions, places } = discreet ?? NOTHING;
    const name = fullName(call.function);
    const tells = !functions.includes(name);
    // What would tell may be kept: then a person can be shown it, or sends it.
    if (tells && (call.keep === undefined || !discreet)) {
      throw new WasmcellError(
        'refused',
        `${names} is private, and ${link.module} ${call.function.name} would tell what is in it. Steps that make a ` +
          'file of it can be run; or bring it to the kernel by pull(), if the person at the page agrees.'
      );
    }
    const astray = placesOf(call.args).find(place => !places[name]?.includes(place));
    if (astray !== undefined) {
      throw new WasmcellError(
        'argument-type',
        `${names} is private, and a file stands where ${link.module} ${call.function.name} takes none: at ${astray} of its arguments.`
      );
    }
    let answer;
    try {
      answer = await run();
    } catch (error) {
      throw this.#discreetly(error, link, secrets);
    }
    if (tells) {
      return { ...answer, value: this.#files.keep(sealed(answer.value), call.keep!, secrets) };
    }
    return this.#finish(call, secrets, answer);
  }

  /** An error where there are secret files: without the words of module, glue and engine, which may quote them. */
  #discreetly(thrown: unknown, { glue, module }: Link, secrets: Origins): unknown {
    if (secrets.size === 0) {
      return thrown;
    }
    const { code, answered } = WasmcellError.from(thrown, 'trapped');
    const known = answered ? this.#discreet[glue]?.words && OF_OPTIONS.includes(code) : OWN.includes(code);
    return known && thrown instanceof WasmcellError
      ? thrown
      : new WasmcellError(
          code,
          `${[...secrets.values()].join(', ')}: ${GENERAL[code] ?? 'it failed'}. What ${module} says of private files is not told.`,
          { answered }
        );
  }

  /** What is made of a secret file stays here as that does, whoever asks. */
  #finish({ keep }: Call, secrets: Origins, answer: Answer): Answer {
    const [first] = secrets.values();
    const name = keep ?? first;
    return name === undefined ? answer : { ...answer, value: this.#files.keep(answer.value, name, secrets) };
  }
}

/** A leased worker whose requests wait for one another. */
class Session {
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;
  /** The secret files that were given to it. */
  secrets: Origins = new Map();

  /** @param seconds Time limit of requests that tell none. */
  constructor(
    readonly slot: Slot,
    readonly link: Link,
    readonly seconds: number
  ) {}

  /** Whether a request runs or waits. */
  get busy(): boolean {
    return this.#pending > 0;
  }

  exec(request: Request, options: ExecOptions = { seconds: this.seconds }): Promise<Answer> {
    this.#pending++;
    const result = this.#last
      .then(() => this.slot.exec(request, options))
      .finally(() => this.#pending--);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function fullName({ interface: interface_, name }: FunctionName): string {
  return `${interface_}#${name}`;
}

/** Sizes of answers that are kept are told in steps of so many bytes, for they would tell how much was found. */
const STEP = 2 ** 16;

/** An answer as a file: JSON. Bytes are none of it. */
function sealed(answer: unknown): Uint8Array {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? Number(value) : ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
  const text = new TextEncoder().encode(JSON.stringify(answer, plain, 1));
  return new Uint8Array(Math.ceil(text.length / STEP) * STEP).fill(0x20).map((space, place) => text[place] ?? space);
}

const NOTHING: Discreet = { functions: [], places: {}, words: false };

/** Errors that we make ourselves, if no module answered them: of limits, of what was ended, of what is missing. */
const OWN: readonly ErrorCode[] = ['cancelled', 'closed', 'limit-exceeded', 'module'];

/** Errors that modules answer of options, not of files; others may quote how a file begins. */
const OF_OPTIONS: readonly ErrorCode[] = ['invalid-argument', 'limit-exceeded'];

/** What modules, glue and engine say, in words of our own. */
const GENERAL: Partial<Record<ErrorCode, string>> = {
  malformed: 'it is not what it should be: cut, corrupt or of another type',
  unsupported: 'it uses a feature that the module does not have',
  'invalid-argument': 'an option does not fit it, such as a password, a page that is not there, or a search that cannot see into pages',
  'limit-exceeded': 'it would need more than is allowed',
  'argument-type': 'an argument is not of its type',
  trapped: 'the module failed, now or earlier in the session'
};

function options({ seconds }: Call, args: unknown[], signal: AbortSignal | undefined): ExecOptions {
  return { seconds, signal, transfer: buffers(args) };
}

/** A Web Worker for the pool. */
export function webWorker(url: string | URL): WorkerLike {
  const worker = new Worker(url);
  const like: WorkerLike = {
    post: (request, transfer) => worker.postMessage(request, transfer),
    terminate: () => worker.terminate(),
    onreply: () => undefined,
    onbroken: () => undefined
  };
  worker.onmessage = ({ data }: MessageEvent<Reply>) => like.onreply(data);
  worker.onmessageerror = () => like.onbroken('its answer cannot be read here.');
  worker.onerror = event => {
    event.preventDefault();
    like.onbroken(event.message || 'its script cannot be loaded here.');
  };
  return like;
}
