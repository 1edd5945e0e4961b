import type { FunctionName } from './description';
import type { LoadedModule } from './modules';
import type { Answer } from './pool';
import type { FileRef } from './values';

/** What a call is, on its way to a home. */
export interface Call {
  readonly function: FunctionName;
  /** jco's values; private files and resources by reference. */
  readonly args: unknown[];
  /** Time limit. */
  readonly seconds: number;
  /** Keep the bytes of the result as private files of this name. */
  readonly keep?: string | undefined;
}

/** Which module an instance is made of, and how much memory it may use. */
export interface Target {
  /** Of a module that was handed over by `load`. */
  readonly sha256: string;
  /** In bytes. */
  readonly memory: number;
}

/** What a home holds. */
export interface HomeStatus {
  /** `size` is how many may work at a time; those that are leased hold sessions, and come beside it. */
  readonly workers: { readonly size: number; readonly busy: number; readonly idle: number; readonly leased: number };
  /** The sha256 of the modules that are compiled. */
  readonly compiled: readonly string[];
  /** The private files. */
  readonly files: { readonly count: number; readonly bytes: number };
}

/** Where the work is done: plain workers, or workers in the vault. All failures are WasmcellErrors. */
export interface Home {
  readonly kind: 'vault' | 'workers';
  /** Has a worker start, to find out whether one can. */
  ready(): Promise<void>;
  /** Hands over a module; once for each sha256. */
  load(module: LoadedModule): Promise<void>;
  /** Calls a function in a fresh instance. Binary data in the arguments is handed over. */
  call(target: Target, call: Call, signal?: AbortSignal): Promise<Answer>;
  /** Makes an instance that stays, in a worker of its own; `seconds` limit that, and each `drop` and `close`. */
  open(target: Target, seconds: number): Promise<number>;
  /** Calls a function in an instance that stays. A call that is cancelled or too long ends it. */
  use(session: number, call: Call, signal?: AbortSignal): Promise<Answer>;
  /** Ends a resource of an instance that stays. */
  drop(session: number, resource: number): Promise<void>;
  /** Lets go of an instance and all that lives in it. */
  close(session: number): Promise<void>;
  /** Keeps a private file. */
  put(file: Blob, name: string): Promise<FileRef>;
  /** The bytes of a file; of one that a person chose in a view, only while that person allows it. */
  pull(file: FileRef): Promise<Uint8Array<ArrayBuffer>>;
  /** A part of a file, under the same condition. */
  read(file: FileRef, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Takes a person's leave to read a file back. */
  revoke(file: FileRef): Promise<void>;
  /** Lets go of a private file. */
  forget(file: FileRef): Promise<void>;
  /** Joins a view, which may then use this end's {@link Desk}, until the signal parts it. */
  view(port: MessagePort, signal: AbortSignal): Promise<void>;
  /** What it holds just now. */
  status(): Promise<HomeStatus>;
  /** Ends everything. */
  dispose(): void;
}

/** What can be asked of a home through a port. */
export type HomeMethod = Exclude<keyof Home, 'kind'>;
