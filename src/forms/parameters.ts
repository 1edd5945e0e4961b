import type { Description, FieldEntry, TypeEntry, TypeRef } from '../bridge/description';
import { camel } from '../bridge/glue';
import type { Translate } from '../ui/translate';
import type { FileSource } from './source';

/** A value as jco takes it, but for files, which are still to be read: an option that is not given is undefined. */
export type Value = boolean | number | bigint | string | undefined | FileSource | readonly Value[] | Values;

/** The values of a record, by jco's names. */
export interface Values {
  readonly [key: string]: Value;
}

/** One option of an operation, as a person sees it. */
export interface Parameter {
  /** WIT's kebab-case name. */
  readonly name: string;
  /** Its name among jco's values. */
  readonly key: string;
  readonly kind: 'bool' | 'integer' | 'float' | 'string' | 'choice' | 'list' | 'record' | 'flags' | 'file';
  readonly docs: string;
  readonly required: boolean;
  /** What stands for a missing value; undefined if nothing does. */
  readonly default: Value;
  /** The smallest and the largest value that interface and type allow. */
  readonly low: number;
  readonly high: number;
  /** The only values that are allowed, if there are such; of flags, each of them. */
  readonly choices: readonly { readonly value: string | number; readonly docs: string }[];
  readonly unit: string;
  /** Whether jco wants a bigint. */
  readonly big: boolean;
  /** What a list holds. */
  readonly item?: Parameter;
  /** What a record holds. */
  readonly fields?: readonly Parameter[];
}

/** The options of a record; what the host fills in, and what no form can show (variants), is left out. */
export function parameters(description: Description, type: TypeRef | null | undefined): Parameter[] {
  return fields(description, entry(description, type)?.record ?? []);
}

/** The options that fields are. */
export function fields(description: Description, list: readonly FieldEntry[]): Parameter[] {
  return list.flatMap(field => parameter(description, field) ?? []);
}

/** The entry of a type that has one. */
export function entry(description: Description, type: TypeRef | null | undefined): TypeEntry | undefined {
  return typeof type === 'number' ? description.types[type] : undefined;
}

function parameter(description: Description, field: FieldEntry): Parameter | undefined {
  const option = entry(description, field.type)?.option;
  const type = resolved(description, option ?? field.type);
  const { record, list, flags, enum: names, host } = entry(description, type) ?? {};
  const cases = (names ?? flags)?.map(({ name, docs }) => ({ value: name, docs }));
  const item =
    list !== undefined && list !== 'u8' ? parameter(description, { name: field.name, docs: '', type: list }) : undefined;
  const kind = ((): Parameter['kind'] | undefined => {
    switch (true) {
      case host !== undefined:
        return undefined;
      case field.values !== undefined || names !== undefined:
        return 'choice';
      case typeof type === 'string':
        return PRIMITIVES[type] ?? 'integer';
      case list === 'u8':
        return 'file';
      case list !== undefined:
        return item && 'list';
      case flags !== undefined:
        return 'flags';
      default:
        return record && 'record';
    }
  })();
  if (kind === undefined) {
    return undefined;
  }
  const [, sign, bits] = /^([su])(\d+)$/.exec(String(type)) ?? [];
  const [low, high] = field.range ?? [null, null];
  return {
    name: field.name,
    key: camel(field.name),
    kind,
    docs: field.docs,
    required: option === undefined,
    default: (field.default ?? undefined) as Value,
    low: low ?? (sign === undefined ? -Infinity : sign === 's' ? -(2 ** (Number(bits) - 1)) : 0),
    high: high ?? (sign === undefined ? Infinity : 2 ** (Number(bits) - (sign === 's' ? 1 : 0)) - 1),
    choices: field.values?.map(value => ({ value, docs: '' })) ?? cases ?? [],
    unit: field.unit && field.unit !== field.name ? field.unit : '',
    big: bits === '64',
    ...(item && { item }),
    ...(record && { fields: fields(description, record) })
  };
}

/** What a type stands for. */
function resolved(description: Description, type: TypeRef): TypeRef {
  const alias = entry(description, type)?.alias;
  return alias === undefined ? type : resolved(description, alias);
}

const PRIMITIVES: Readonly<Record<string, Parameter['kind']>> = {
  bool: 'bool',
  f32: 'float',
  f64: 'float',
  string: 'string',
  char: 'string'
};

/** What is allowed, in words, as Python says it: `an integer from 1 to 65535 px`. */
export function allowed({ kind, low, high, unit }: Parameter, trans: Translate): string {
  const what = kind === 'integer' ? trans('an integer') : trans('a number');
  const range =
    Number.isFinite(low) && Number.isFinite(high)
      ? trans('from %1 to %2', low, high)
      : Number.isFinite(low)
        ? trans('of at least %1', low)
        : Number.isFinite(high)
          ? trans('of at most %1', high)
          : '';
  return [what, range, unit].filter(Boolean).join(' ');
}

/** What was typed, as a value or as the reason why it is none. */
export type Reading = { readonly value: Value } | { readonly problem: string };

/** Reads what was typed for a number or a text; nothing typed means the default. */
export function read(parameter: Parameter, text: string, trans: Translate): Reading {
  const typed = parameter.kind === 'string' ? text : text.trim();
  if (typed === '') {
    if (!parameter.required) {
      return { value: undefined };
    }
    return {
      problem:
        parameter.kind === 'string' ? trans('This is needed.') : trans('This is needed: %1.', allowed(parameter, trans))
    };
  }
  if (parameter.kind === 'string') {
    return { value: typed };
  }
  const number = Number(typed);
  const whole = parameter.kind !== 'integer' || Number.isInteger(number);
  if (!Number.isFinite(number) || !whole || number < parameter.low || number > parameter.high) {
    return { problem: trans('This must be %1.', allowed(parameter, trans)) };
  }
  return { value: parameter.big ? BigInt(typed) : number };
}
