import type { Description } from '../bridge/description';
import { camel } from '../bridge/glue';
import { entry, fields, parameters, type Parameter, type Value, type Values } from './parameters';

/** One case of a module's variant `step` or `output`, as a person sees it. */
export interface Operation {
  /** WIT's name, which is also jco's tag. */
  readonly name: string;
  readonly docs: string;
  /** Whether the case has a payload. */
  readonly payload: boolean;
  readonly parameters: readonly Parameter[];
}

/**
 * The operation of that name, as pipelines have it: `resize`, `encode webp`, `decode`, or a function such as
 * `probe`, whose first parameter is the file (fields of records are options of their own); undefined if there is none.
 */
export function find(description: Description, name: string): Operation | undefined {
  const [group, one] = name.split(' ') as [string, string?];
  if (group === 'encode' && one) {
    return operations(description, 'output').find(operation => operation.name === one);
  }
  const decode = description.types.findIndex(type => type.name === 'decode' && type.record);
  if (name === 'decode' && decode >= 0) {
    const { docs } = description.types[decode]!;
    return { name, docs, payload: true, parameters: parameters(description, decode) };
  }
  const step = operations(description, 'step').find(operation => operation.name === name);
  const function_ = description.interfaces.flatMap(({ functions }) => functions).find(one => one.name === name);
  const options = function_?.params?.slice(1).flatMap(param => entry(description, param.type)?.record ?? [param]);
  return (
    step ??
    (function_ && {
      name,
      docs: function_.docs ?? '',
      payload: true,
      parameters: fields(description, options ?? [])
    })
  );
}

/**
 * What a function takes behind its first argument, of the values of its options: `find` has put the fields of all records
 * side by side.
 */
export function parts(description: Description, name: string, values: Values): Value[] {
  const all = description.interfaces.flatMap(({ functions }) => functions);
  const params = all.find(one => one.name === name)?.params?.slice(1) ?? [];
  return params.map(param => {
    const record = entry(description, param.type)?.record;
    return record ? Object.fromEntries(record.map(({ name }) => [camel(name), values[camel(name)]])) : values[camel(param.name)];
  });
}

/** The operations that a module's variant of this name lists, in its order. */
export function operations(description: Description, variant: 'step' | 'output'): Operation[] {
  const cases = description.types.find(type => type.name === variant)?.variant ?? [];
  return cases.map(({ name, docs, type }) => ({
    name,
    docs,
    payload: type !== undefined && type !== null,
    parameters: parameters(description, type)
  }));
}
