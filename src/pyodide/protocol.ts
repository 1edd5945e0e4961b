/** What Python's engine `pyodide` asks a worker; `wasmcell/engines/webassembly_worker.py` is the other side. */
export type Request =
  /** Make the core instances of a component, in place of those there were. Answers nothing. */
  | {
      readonly op: 'link';
      readonly modules: readonly WebAssembly.Module[];
      readonly instances: readonly CoreInstance[];
      /** The function that ends a resource, by the resource's number. */
      readonly destructors: readonly (Export | null)[];
    }
  /** Call a core function; answers its result, a float in an array of its own, where it keeps the sign of zero. */
  | { readonly op: 'call'; readonly item: Export; readonly args: unknown[]; readonly real: boolean }
  /** Work on the table of handles; answers a number. */
  | { readonly op: 'handle'; readonly operation: Operation; readonly resource: number; readonly number: number }
  /** Have this memory's size told with each reply from now on. Answers nothing. */
  | { readonly op: 'memory'; readonly item: Export }
  /** Copy bytes out of a memory; answers them. */
  | { readonly op: 'read'; readonly memory: number; readonly start: number; readonly size: number }
  /** Copy bytes into a memory. There is no reply. */
  | { readonly op: 'write'; readonly memory: number; readonly start: number; readonly data: Uint8Array }
  /** Let go of the instances. There is no reply. */
  | { readonly op: 'close' };

export type Reply =
  /** What is answered, and how large the memories are. */
  | { readonly value: unknown; readonly sizes: readonly number[] }
  /** What was thrown, and how many bytes of memory the module last asked for in vain. */
  | { readonly name: string; readonly message: string; readonly refused: number };

export type Operation = 'new' | 'rep' | 'take' | 'drop' | 'destroy';
/** What a core instance (by its number) exports under a name. */
export type Export = readonly [number, string];
/** What the host does for a resource (by its number). */
export type Intrinsic = readonly [Operation, number];

export interface CoreInstance {
  /** The core module's number. */
  readonly module: number;
  /** The two names of each import, and what is given for it. */
  readonly imports: readonly (readonly [string, string, Export | Intrinsic])[];
}
