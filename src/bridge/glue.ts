/** What jco makes of a component: a function that links its core modules. */
export interface Glue {
  instantiate(getCoreModule: (file: string) => WebAssembly.Module, imports: Record<string, never>): Instance;
}

/** An instance: its exported interfaces by their full names. */
export type Instance = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Links a fresh instance; `cores` are the component's core modules in order. */
export function instantiate(glue: Glue, cores: readonly WebAssembly.Module[]): Instance {
  // jco names them image.core.wasm, image.core2.wasm, image.core3.wasm, …
  return glue.instantiate(file => cores[Number(/\.core(\d*)\.wasm$/.exec(file)?.[1] || 1) - 1]!, {});
}

type Callable = (...args: unknown[]) => unknown;

/**
 * Calls a function by its WIT name: `run`, `[static]bitmap.open`, `[constructor]bitmap`, or
 * `[method]bitmap.apply` with the resource as first argument.
 */
export function invoke(instance: Instance, interface_: string, name: string, args: unknown[]): unknown {
  const exports = instance[interface_] ?? {};
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
