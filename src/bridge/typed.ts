import type { Functions } from '../generated/types';
import type { FileRef } from './values';

/** The type of a module's function; where module or function are not known here, it takes and gives anything. */
export type Signature<M extends string, F extends string> = M extends keyof Functions
  ? F extends keyof Functions[M]
    ? Functions[M][F]
    : Untyped
  : Untyped;

type Untyped = (...args: unknown[]) => unknown;

/** What may be given for a value: a private file stands for bytes. */
export type Given<T> = T extends Uint8Array
  ? T | FileRef
  : T extends ArrayBufferView
    ? T
    : T extends object
      ? { readonly [K in keyof T]: Given<T[K]> }
      : T;

/** The arguments of a module's function. */
export type Arguments<M extends string, F extends string> =
  Signature<M, F> extends (...args: infer A extends unknown[]) => unknown ? Given<A> : never;

/** What a module's function gives. */
export type Result<M extends string, F extends string> =
  Signature<M, F> extends (...args: never[]) => infer R ? R : never;

/** A stretch of a pipeline within one module, in jco's values: what is one call of the module's `run`. */
export type Segment<M extends string = string> =
  Signature<M, 'run'> extends (data: never, decode: infer D, steps: infer S, output: infer O) => unknown
    ? {
        /** How the file is read. */
        readonly decode?: Given<D>;
        /** What is done, in this order. */
        readonly steps?: Given<S>;
        /** The file to write. */
        readonly output: Given<O>;
      }
    : never;
