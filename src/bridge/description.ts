import { WasmcellError } from './errors';

/** What the bridge reads of a module's description (`<module>.json`); the rest is for other readers. */
export interface Description {
  readonly module: string;
  readonly version: string;
  /** Of the component's bytes, in hex. */
  readonly sha256: string;
  readonly interfaces: readonly {
    /** As in `wasmcell:image/image@0.1.0`. */
    readonly name: string;
    readonly functions: readonly { readonly name: string }[];
  }[];
  readonly core: {
    /** Where the core modules lie in the component, in jco's order. */
    readonly modules: readonly { readonly offset: number; readonly size: number }[];
  };
}

/** A function's place: the interface that it belongs to and its name there, both WIT's. */
export interface FunctionName {
  readonly interface: string;
  readonly name: string;
}

/**
 * Finds a function by its name (`run`, `[method]bitmap.apply`), or by `interface#name` where two
 * interfaces have one of the same name.
 *
 * @throws WasmcellError `module` if there is none, or more than one.
 */
export function findFunction(description: Description, name: string): FunctionName {
  const found = description.interfaces.flatMap(({ name: interface_, functions }) =>
    functions
      .filter(f => f.name === name || `${interface_}#${f.name}` === name)
      .map(f => ({ interface: interface_, name: f.name }))
  );
  const [first, second] = found;
  if (!first) {
    throw new WasmcellError('module', `Module ${description.module} has no function ${name}.`);
  }
  if (second) {
    const names = found.map(f => `${f.interface}#${f.name}`).join(', ');
    throw new WasmcellError('module', `Module ${description.module} has ${name} more than once: ${names}.`);
  }
  return first;
}
