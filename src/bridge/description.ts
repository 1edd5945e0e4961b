import { WasmcellError } from './errors';

/** What is read here of a module's description (`<module>.json`); the rest is for other readers. */
export interface Description {
  readonly module: string;
  readonly version: string;
  /** Of the component's bytes, in hex. */
  readonly sha256: string;
  /** The types, which others point to by their place in this list. */
  readonly types: readonly TypeEntry[];
  readonly interfaces: readonly {
    /** As in `wasmcell:image/image@0.1.0`. */
    readonly name: string;
    readonly functions: readonly {
      readonly name: string;
      readonly docs?: string;
      readonly params?: readonly FieldEntry[];
    }[];
  }[];
  readonly core: {
    /** Where the core modules lie in the component, in jco's order. */
    readonly modules: readonly { readonly offset: number; readonly size: number }[];
  };
}

/** A type: WIT's name of a plain one, or the place of an entry in `types`. */
export type TypeRef = string | number;

/** A type that has more to it than a name: one of the kinds is there. */
export interface TypeEntry {
  /** WIT's name; null if it has none. */
  readonly name: string | null;
  readonly docs: string;
  readonly record?: readonly FieldEntry[];
  readonly variant?: readonly CaseEntry[];
  readonly enum?: readonly CaseEntry[];
  readonly option?: TypeRef;
  readonly list?: TypeRef;
  readonly alias?: TypeRef;
  readonly flags?: readonly CaseEntry[];
  /** Random bytes that the host fills in: how many. */
  readonly host?: number;
}

/** A field of a record, with what the WIT's tags say of it. */
export interface FieldEntry {
  readonly name: string;
  readonly docs: string;
  readonly type: TypeRef;
  readonly default?: unknown;
  /** The smallest and the largest value; null for an open end. */
  readonly range?: readonly [number | null, number | null];
  readonly values?: readonly number[];
  readonly unit?: string;
}

/** A case of an enum or a variant. */
export interface CaseEntry {
  readonly name: string;
  readonly docs: string;
  /** Of its payload; missing or null if it has none. */
  readonly type?: TypeRef | null;
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
