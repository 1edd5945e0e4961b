/** What jco makes of a component: a function that links its core modules. */
export interface Glue {
  instantiate(
    getCoreModule: (file: string) => WebAssembly.Module,
    imports: Record<string, never>,
    instantiateCore: (core: WebAssembly.Module, imports?: WebAssembly.Imports) => WebAssembly.Instance
  ): Interfaces;
}

/** What an instance exports: its interfaces by their full names. */
type Interfaces = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An export of modules that use the crate `wasm/guest`: bytes that were last asked for in vain, or 0. */
export const REFUSED = 'wasmcell-refused';
/** Another: has memory be of so many bytes, and the system give it. */
const READY = 'wasmcell-ready';

/** An instance of a module. */
export interface Instance {
  readonly interfaces: Interfaces;
  /** How many bytes of memory it last asked for in vain; 0 if it did not, or does not tell. */
  refused(): number;
  /** The bytes of its memory, which never becomes smaller. */
  size(): number;
  /** Has so much memory ready, if the module can. */
  ready(bytes: number): void;
}

/** Links a fresh instance; `cores` are the component's core modules in order. */
export function instantiate(glue: Glue, cores: readonly WebAssembly.Module[]): Instance {
  let [refused, size] = [() => 0, () => 0];
  let ready = (_: number): void => undefined;
  // jco names them image.core.wasm, image.core2.wasm, image.core3.wasm, …
  const core = (file: string): WebAssembly.Module =>
    cores[Number(/\.core(\d*)\.wasm$/.exec(file)?.[1] || 1) - 1]!;
  const interfaces = glue.instantiate(core, {}, (module, imports) => {
    const instance = new WebAssembly.Instance(module, imports);
    const { memory, [REFUSED]: told, [READY]: prepare } = instance.exports;
    if (typeof told === 'function') {
      refused = () => (told() as number) >>> 0;
    }
    if (memory instanceof WebAssembly.Memory && typeof prepare === 'function') {
      size = () => memory.buffer.byteLength;
      ready = bytes => void prepare(bytes);
    }
    return instance;
  });
  return { interfaces, refused, size, ready };
}

type Callable = (...args: unknown[]) => unknown;

/**
 * Calls a function by its WIT name: `run`, `[static]bitmap.open`, `[constructor]bitmap`, or
 * `[method]bitmap.apply` with the resource as first argument.
 */
export function invoke(instance: Instance, interface_: string, name: string, args: unknown[]): unknown {
  const exports = instance.interfaces[interface_] ?? {};
  const [, kind, rest] = /^(?:\[(\w+)\])?(.*)$/.exec(name) as unknown as [string, string | undefined, string];
  const [owner, member] = rest.split('.') as [string, string?];
  switch (kind) {
    case undefined:
      return (exports[camel(rest)] as Callable)(...args);
    case 'constructor':
      return new (exports[pascal(rest)] as new (...args: unknown[]) => unknown)(...args);
    case 'static':
      return (exports[pascal(owner)] as unknown as Record<string, Callable>)[camel(member!)]!(...args);
    default: {
      const [self, ...others] = args;
      return (self as Record<string, Callable>)[camel(member!)]!(...others);
    }
  }
}

/** `auto-orient` → `autoOrient`, as jco does. */
export function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const camelled = camel(name);
  return camelled.charAt(0).toUpperCase() + camelled.slice(1);
}
