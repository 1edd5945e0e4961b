import type { FunctionName } from './description';
import type { Fault } from './errors';

/** What a worker is asked; it does one thing at a time and answers each with one `Reply`. */
export type Request =
  /** Call a function in a fresh instance. */
  | { readonly op: 'call'; readonly link: Link; readonly function: FunctionName; readonly args: unknown[] }
  /** Keep a fresh instance, in place of any that is kept. */
  | { readonly op: 'open'; readonly link: Link }
  /** Call a function in the kept instance. */
  | { readonly op: 'use'; readonly function: FunctionName; readonly args: unknown[] }
  /** End a resource of the kept instance. */
  | { readonly op: 'drop'; readonly resource: number }
  /** Let go of the kept instance. */
  | { readonly op: 'close' }
  /** Tell a file's sha256, in hex; and to the port, meanwhile, how many bytes are done. */
  | { readonly op: 'digest'; readonly file: Blob; readonly name: string; readonly progress?: MessagePort | undefined };

/** What an instance is made of. */
export interface Link {
  /** The module's name. */
  readonly module: string;
  /** The sha256 of the core modules, by which their glue is found. */
  readonly glue: string;
  readonly cores: readonly WebAssembly.Module[];
  /** Bytes of memory that the core modules were compiled for. */
  readonly memory: number;
}

/** A worker's answer. */
export type Reply =
  | {
      readonly value: unknown;
      /** How long the work itself took, in the worker. */
      readonly seconds: number;
    }
  | { readonly fault: Fault };
