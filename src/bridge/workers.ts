import { findFunction } from './description';
import { Desk, type Bench } from './desk';
import { sha256 } from './digest';
import { WasmcellError } from './errors';
import { FileStore } from './files';
import type { Call, Home, HomeStatus, Target } from './home';
import { Compiler, type LoadedModule } from './modules';
import { Pool, type Answer, type ExecOptions, type Slot, type WorkerLike } from './pool';
import type { Link, Reply, Request } from './protocol';
import { serve } from './rpc';
import { buffers, type FileRef } from './values';

/**
 * Modules that may work on secret files: their answers tell no more of a file than its kind and its size, bytes apart.
 * Texts of a document would go out unasked.
 */
const DISCREET: ReadonlySet<string> = new Set(['image']);

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
  #next = 1;

  constructor(spawn: () => WorkerLike, { size, idleSeconds = 30 }: PoolOptions = {}) {
    this.#pool = new Pool(spawn, { size: size ?? Math.min(8, navigator.hardwareConcurrency || 2), idleSeconds });
  }

  async ready(): Promise<void> {
    await this.#pool.exec({ op: 'close' }, { seconds: Infinity });
  }

  async load(module: LoadedModule): Promise<void> {
    this.#modules.set(module.description.sha256, { ...module, glue: await sha256(module.cores) });
  }

  async call(target: Target, call: Call, signal?: AbortSignal): Promise<Answer> {
    const [link, { args, secret }] = await Promise.all([this.#link(target), this.#files.resolve(call.args)]);
    refuse(link.module, secret);
    const request: Request = { op: 'call', link, function: call.function, args };
    return this.#finish(call, secret, await this.#pool.exec(request, options(call, args, signal)));
  }

  async open(target: Target, seconds: number): Promise<number> {
    const session = await this.#start(target, seconds);
    const number = this.#next++;
    this.#sessions.set(number, session);
    return number;
  }

  async #start(target: Target, seconds: number): Promise<Session> {
    const link = await this.#link(target);
    const session = new Session(this.#pool.lease(), link.module, seconds);
    try {
      await session.exec({ op: 'open', link });
    } catch (error) {
      this.#pool.release(session.slot);
      throw error;
    }
    return session;
  }

  async use(number: number, call: Call, signal?: AbortSignal): Promise<Answer> {
    const { args, secret } = await this.#files.resolve(call.args);
    const request: Request = { op: 'use', function: call.function, args };
    const session = this.#session(number);
    refuse(session.module, secret);
    session.secret ??= secret;
    return this.#finish(call, session.secret, await session.exec(request, options(call, args, signal)));
  }

  async drop(session: number, resource: number): Promise<void> {
    await this.#sessions.get(session)?.exec({ op: 'drop', resource });
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
        await session.exec({ op: 'close' });
      }
    } finally {
      this.#pool.release(session.slot);
    }
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
    const request: Request = { op: 'digest', file: this.#files.blob(file), name: file.name, progress };
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

  /** What is made of a secret file stays here as that does, whoever asks. */
  #finish({ keep }: Call, secret: FileRef | undefined, answer: Answer): Answer {
    const name = keep ?? secret?.name;
    const value = answer.value;
    return name === undefined ? answer : { ...answer, value: this.#files.keep(value, name, secret !== undefined) };
  }
}

/** A leased worker whose requests wait for one another. */
class Session {
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;
  /** A secret file that was given to it. */
  secret: FileRef | undefined;

  /** @param seconds Time limit of requests that tell none. */
  constructor(
    readonly slot: Slot,
    readonly module: string,
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

/** Fails if a module is not to see a secret file. */
function refuse(module: string, secret: FileRef | undefined): void {
  if (secret && !DISCREET.has(module)) {
    throw new WasmcellError('refused', `${secret.name} is private, and the module ${module} does not work on private files yet.`);
  }
}

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
