import type { Description, FunctionName, TypeEntry, TypeRef } from './description';
import { camel } from './glue';

/** Arguments with random bytes wherever the module wants such of its host, and none are given: people do not see these. */
export function withEntropy(description: Description, name: FunctionName, args: readonly unknown[]): readonly unknown[] {
  const { types } = description;
  if (!types.some(type => type.host)) {
    return args;
  }
  const functions = description.interfaces.find(one => one.name === name.interface)?.functions;
  const params = functions?.find(one => one.name === name.name)?.params ?? [];
  return [...params.map(({ type }, place) => fill(types, type, args[place])), ...args.slice(params.length)];
}

function fill(types: readonly TypeEntry[], ref: TypeRef | null | undefined, value: unknown): unknown {
  if (typeof ref !== 'number' || !wants(types, ref)) {
    return value;
  }
  const { host, alias, record, variant, option, list } = types[ref]!;
  if (host) {
    return value ?? crypto.getRandomValues(new Uint8Array(host));
  }
  if (alias !== undefined) {
    return fill(types, alias, value);
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
    return value;
  }
  if (record) {
    const fields = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(record.map(({ name, type }) => [camel(name), fill(types, type, fields[camel(name)])]));
  }
  if (variant) {
    const { tag, val } = value as { readonly tag: string; readonly val?: unknown };
    return { tag, val: fill(types, variant.find(({ name }) => name === tag)?.type, val) };
  }
  if (list !== undefined && Array.isArray(value)) {
    return value.map(item => fill(types, list, item));
  }
  return option === undefined ? value : fill(types, option, value);
}

/** Whether there are such bytes in values of a type. */
function wants(types: readonly TypeEntry[], ref: TypeRef | null | undefined): boolean {
  if (typeof ref !== 'number') {
    return false;
  }
  const { host, alias, record, variant, option, list } = types[ref]!;
  const parts = [alias, option, list, ...(record ?? []).map(({ type }) => type), ...(variant ?? []).map(({ type }) => type)];
  return host !== undefined || parts.some(part => wants(types, part));
}
