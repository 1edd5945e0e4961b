// A recipe as text: JSON, a line of Python, the pipeline grammar. Python reads all of them as equal pipelines
// (`wasmcell/pipeline/encoding.py`, `grammar.py`, `methods.py`).

import type { Description } from '../bridge/description';
import { find, type Chosen, type Operation, type Value, type Values } from '../forms';
import { steps, type Recipe, type State } from './state';

/** A pipeline in the JSON of `wasmcell/pipeline/encoding.py`. */
export interface PipelineJson {
  readonly wasmcell: 1;
  readonly modules: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly steps: readonly { readonly operation: string; readonly options: Readonly<Record<string, Plain>> }[];
  readonly output: string | null;
}

type Plain = boolean | number | string;

/** One step of a pipeline: a step of the picture, or how it is read or written. */
interface Said {
  /** As `resize`, `decode`, `encode webp`. */
  readonly name: string;
  readonly operation: Operation;
  /** Only what differs from the defaults, or was said, in the order of the description. */
  readonly options: readonly { readonly name: string; readonly required: boolean; readonly value: Plain }[];
}

/** Values without those that say what is the default anyway. */
export function said(operation: Operation, values: Values): Values {
  const kept = operation.parameters.filter(
    ({ key, required, default: usual }) => values[key] !== undefined && (required || values[key] !== usual)
  );
  return Object.fromEntries(kept.map(({ key }) => [key, values[key]]));
}

/** The recipe as JSON, without switched-off steps. */
export function toJson(description: Description, recipe: Recipe, sources: readonly string[] = []): PipelineJson {
  const { module, version } = description;
  const all = pipeline(description, recipe);
  return {
    wasmcell: 1,
    modules: all.length ? { [module]: version } : {},
    sources,
    steps: all.map(({ name, options }) => ({
      operation: `${module}.${name}`,
      options: Object.fromEntries(options.map(({ name, value }) => [name, value]))
    })),
    output: null
  };
}

/** The recipe that JSON says; items are made by `state`. */
export function fromJson(description: Description, json: PipelineJson, state: State): Recipe {
  let decode: Values = {};
  let output: Chosen | undefined;
  const items = [];
  for (const { operation: full, options } of json.steps) {
    const name = full.slice(description.module.length + 1);
    const operation = find(description, name);
    if (!operation || !full.startsWith(`${description.module}.`)) {
      throw new Error(`There is no operation ${full} here.`);
    }
    const val: Values = Object.fromEntries(
      operation.parameters
        .filter(({ name }) => options[name] !== undefined)
        .map(({ name, key, big }) => [key, big ? BigInt(options[name] as number) : options[name]])
    );
    if (name === 'decode') {
      decode = val;
    } else if (name.startsWith('encode ')) {
      output = operation.payload ? { tag: operation.name, val } : { tag: operation.name };
    } else {
      items.push(state.item(name, val));
    }
  }
  return { decode, items, output };
}

/** Python that does it. @param source A path; a pipeline without a source if undefined. */
export function toPython(description: Description, recipe: Recipe, source?: string): string {
  const { module } = description;
  const all = pipeline(description, recipe);
  const decode = source === undefined ? undefined : all.find(({ name }) => name === 'decode');
  const start =
    source === undefined
      ? `${module}.pipeline()`
      : `${module}.open(${[python(source), ...(decode ? args(decode) : [])].join(', ')})`;
  const calls = all
    .filter(step => step !== decode)
    .map(step => {
      const [group, format] = step.name.split(' ') as [string, string?];
      return `.${snake(group)}(${[...(format ? [python(format)] : []), ...args(step)].join(', ')})`;
    });
  return `from wasmcell import ${module}\n\n${start}${calls.join('')}\n`;
}

/** A `%wasm` line that does it; undefined if there is nothing to do. */
export function toMagic(description: Description, recipe: Recipe, source = 'source'): string | undefined {
  const all = pipeline(description, recipe);
  // Braces stand for Python there, unless they are doubled.
  const literal = (text: string): string => text.replace(/[{}]/g, '$&$&');
  const line = all.map(step => ` | ${description.module}.${literal(words(step))}`).join('');
  return all.length ? `%wasm ${literal(quote(source))}${line}` : undefined;
}

/** What a step was told, in the words of the pipeline grammar, all by name: `width=800 fit=cover`. */
export function summary(operation: Operation, values: Values): string {
  return options(operation, values).map(option => word({ ...option, required: false })).join(' ');
}

function pipeline(description: Description, recipe: Recipe): Said[] {
  const { decode, output } = recipe;
  const say = (name: string, values: Values = {}): Said => {
    const operation = find(description, name)!;
    return { name, operation, options: options(operation, values) };
  };
  return [
    ...(Object.keys(decode).length ? [say('decode', decode)] : []),
    ...steps(recipe).map(({ tag, val }) => say(tag, val)),
    ...(output ? [say(`encode ${output.tag}`, output.val)] : [])
  ];
}

function options({ parameters }: Operation, values: Values): Said['options'] {
  return parameters
    .filter(({ key }) => values[key] !== undefined)
    .map(({ name, key, required }) => ({ name, required, value: plain(values[key]) }));
}

function plain(value: Value): Plain {
  // Pictures' steps have no lists, records or files.
  return typeof value === 'bigint' ? Number(value) : (value as Plain);
}

function args({ options }: Said): string[] {
  return options.map(({ name, required, value }) => (required ? '' : `${snake(name)}=`) + python(value));
}

function python(value: Plain): string {
  // JSON's texts and numbers are Python's as well.
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value);
}

function snake(name: string): string {
  return name.replaceAll('-', '_');
}

function words({ name, options }: Said): string {
  return [name, ...options.map(word)].join(' ');
}

function word({ name, required, value }: Said['options'][number]): string {
  const text = String(value);
  return required ? (/^[A-Za-z][\w-]*=/.test(text) ? force(text) : quote(text)) : `${name}=${quote(text)}`;
}

function quote(text: string): string {
  return text === '' || /[\s'"|>]|^#|\\$/.test(text) ? force(text) : text;
}

function force(text: string): string {
  return text.includes("'") ? `"${text.replace(/["\\]/g, '\\$&')}"` : `'${text}'`;
}
