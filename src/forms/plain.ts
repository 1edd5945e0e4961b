import { camel } from '../bridge/glue';
import type { Parameter, Value, Values } from './parameters';

/** A value in JSON, as Python reads it: records by WIT's names, flags as a list of names. */
export type Plain = boolean | number | string | undefined | readonly Plain[] | { readonly [name: string]: Plain };

/** A value in JSON; files have none. */
export function toPlain({ kind, item, fields, choices }: Parameter, value: Value): Plain {
  if (value === undefined || kind === 'file') {
    return undefined;
  }
  switch (kind) {
    case 'list':
      return (value as readonly Value[]).map(one => toPlain(item!, one));
    case 'flags':
      return choices.map(one => String(one.value)).filter(name => (value as Values)[camel(name)]);
    case 'record':
      return Object.fromEntries(
        fields!.flatMap(field => {
          const one = toPlain(field, (value as Values)[field.key]);
          return one === undefined ? [] : [[field.name, one]];
        })
      );
    default:
      return typeof value === 'bigint' ? Number(value) : (value as Plain);
  }
}

/** The value that JSON says. */
export function fromPlain({ kind, item, fields, choices, big }: Parameter, plain: Plain): Value {
  if (plain === undefined || plain === null) {
    return undefined;
  }
  switch (kind) {
    case 'list':
      return (plain as readonly Plain[]).map(one => fromPlain(item!, one));
    case 'flags':
      return Object.fromEntries(choices.map(one => [camel(String(one.value)), (plain as readonly Plain[]).includes(one.value)]));
    case 'record':
      return Object.fromEntries(fields!.map(field => [field.key, fromPlain(field, (plain as { readonly [name: string]: Plain })[field.name])]));
    default:
      return big ? BigInt(plain as number) : (plain as Value);
  }
}
