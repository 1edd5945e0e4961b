// Makes the JavaScript glue of components: src/generated/<module>.js and .d.ts,
// index.ts, which lists the glue of all modules, types.ts, which lists the types of their functions,
// and discreet.ts, which lists the functions that may have secret files.
//
//     node src/build/glue.mjs wasmcell/modules/*.wasm
//
// The core modules that jco takes out of a component are not written: they equal, byte for
// byte and in this order, the ranges in the description's core.modules, and that is where
// workers take them from. This is checked here, for each module.

import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUT = join(dirname(fileURLToPath(import.meta.url)), '..', 'generated');

/** What jco is asked for: see its `TranspilationOptions`. */
const OPTIONS = {
  instantiation: 'sync', // core modules are compiled beforehand, so a fresh instance needs no promise
  nodejsCompat: false, // no `fetch` and no `node:fs` in the glue
  noComponentErrorWrapping: false // an `err` is thrown as an Error with `.payload`
};

async function glue(path) {
  const name = basename(path, '.wasm');
  const component = await readFile(path);
  const { core, interfaces, types } = JSON.parse(await readFile(path.replace(/\.wasm$/, '.json'), 'utf8'));
  const { files } = await transpileBytes(component, { ...OPTIONS, name });
  core.modules.forEach(({ offset, size }, index) => {
    const file = `${name}.core${index ? index + 1 : ''}.wasm`;
    if (!files[file] || Buffer.compare(component.subarray(offset, offset + size), files[file]) !== 0) {
      throw new Error(`${path}: core module ${index} of the description is not jco's ${file}`);
    }
    delete files[file];
  });
  for (const [file, bytes] of Object.entries(files)) {
    if (file.endsWith('.wasm')) {
      throw new Error(`${path}: the description does not list jco's ${file}`);
    }
    await mkdir(dirname(join(OUT, file)), { recursive: true });
    await writeFile(join(OUT, file), bytes);
  }
  const cores = createHash('sha256');
  core.modules.forEach(({ offset, size }) => cores.update(component.subarray(offset, offset + size)));
  return { name, interfaces, cores: cores.digest('hex'), discreet: discreet(name, types, interfaces) };
}

/**
 * Modules whose errors over options and limits may be told of secret files in their own words: these are made of sizes
 * and options, never of what stands in a file. No description tells that, so they are named: each was looked through for it.
 */
const WORDS = ['image'];

/** What a module may do with secret files. */
function discreet(module, types, interfaces) {
  const all = interfaces.flatMap(({ name, functions }) => functions.map(one => ({ ...one, full: `${name}#${one.name}` })));
  const good = result => (types[result]?.result ? types[result].result.ok : result);
  const quiet = all.filter(({ result }) => tellsLittle(types, good(result)));
  const takes = all.map(({ full, params }) => [full, params.flatMap(({ type }, place) => placesOfBytes(types, type, String(place)))]);
  return {
    functions: quiet.map(({ full }) => full),
    places: Object.fromEntries(takes.filter(([, places]) => places.length)),
    words: WORDS.includes(module)
  };
}

/** Where bytes stand in a value of a type, as `placesOf` in src/bridge/values.ts names it. In tuples and results no file is taken. */
function placesOfBytes(types, ref, place) {
  if (typeof ref !== 'number') {
    return [];
  }
  const { list, record, variant, option, alias } = types[ref];
  if (list !== undefined) {
    return list === 'u8' ? [place] : placesOfBytes(types, list, `${place}.*`);
  }
  const parts = [
    ...(record ?? []).map(({ name, type }) => [type, `${place}.${camel(name)}`]),
    ...(variant ?? []).map(({ name, type }) => [type, `${place}.(${name})`]),
    [option ?? alias, place]
  ];
  return parts.flatMap(([type, place]) => placesOfBytes(types, type, place));
}

/**
 * Whether an answer tells little of the file that it is made of: it consists of bytes, which stay in the vault, of
 * handles, numbers and names of cases. A text tells what is in the file, and so may any other list.
 */
function tellsLittle(types, ref) {
  const all = refs => refs.every(one => tellsLittle(types, one));
  if (ref === null || ref === undefined) {
    return true;
  }
  if (typeof ref === 'string') {
    return ref !== 'string' && ref !== 'char';
  }
  const type = types[ref];
  switch (true) {
    case 'alias' in type:
      return tellsLittle(types, type.alias);
    case 'list' in type:
      return type.list === 'u8';
    case 'record' in type:
      return all(type.record.map(field => field.type));
    case 'variant' in type:
      return all(type.variant.map(one => one.type));
    case 'tuple' in type:
      return all(type.tuple);
    case 'option' in type:
      return tellsLittle(types, type.option);
    case 'result' in type:
      return all([type.result.ok, type.result.err]);
    default:
      return ['enum', 'flags', 'own', 'borrow'].some(kind => kind in type);
  }
}

/** jco's file of an interface: `wasmcell:image/image@0.1.0` → `wasmcell-image-image`. */
const stem = interface_ => interface_.replace(/@.*/, '').replace(/[:/]/g, '-');
const camel = name => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/** What types.ts has of a module: the types of each interface, and its functions of unique names. */
function types({ name: module, interfaces }) {
  const functions = interfaces.flatMap(({ name: interface_, functions }) => {
    const [, short] = /\/(.*?)(?:@.*)?$/.exec(interface_);
    const types = camel(short === module ? module : `${module}-${short}`);
    return functions.filter(({ name }) => !name.startsWith('[')).map(({ name }) => ({ name, types, interface_ }));
  });
  const files = new Map(functions.map(({ types, interface_ }) => [types, stem(interface_)]));
  const unique = functions.filter(({ name }) => functions.filter(other => other.name === name).length === 1);
  return {
    imports: [...files].map(([types, file]) => `import type * as ${types} from './interfaces/${file}.js';`),
    names: [...files.keys()],
    entry: [
      `  '${module}': {`,
      ...unique.map(({ name, types }) => `    '${name}': typeof ${types}.${camel(name)};`),
      '  };'
    ]
  };
}

const paths = process.argv.slice(2).sort();
if (paths.length === 0) {
  throw new Error('usage: node src/build/glue.mjs MODULE.wasm ...');
}
await rm(OUT, { recursive: true, force: true });
const modules = [];
for (const path of paths) {
  modules.push(await glue(path));
}
const names = modules.map(({ name }) => name);
await writeFile(
  join(OUT, 'index.ts'),
  [
    '// Built: the glue of all modules.',
    "import type { Glue } from '../bridge/glue';",
    ...names.map(name => `import * as ${name.replaceAll('-', '_')} from './${name}.js';`),
    '',
    '/** The glue of each module, by the sha256 of its core modules: it goes with these, and with no others. */',
    'export const GLUE: Readonly<Record<string, Glue>> = {',
    ...modules.map(({ name, cores }) => `  '${cores}': ${name.replaceAll('-', '_')} as unknown as Glue,`),
    '};',
    ''
  ].join('\n')
);

await writeFile(
  join(OUT, 'discreet.ts'),
  [
    '// Built: what modules may do with secret files.',
    '',
    '/** What a module may do with secret files. */',
    'export interface Discreet {',
    '  /** Functions whose answers tell little more than that there is a file: bytes, which stay, handles and numbers. */',
    '  readonly functions: readonly string[];',
    '  /** Where functions take bytes, and so a secret file: see `placesOf`. Anywhere else its bytes would become words. */',
    '  readonly places: Readonly<Record<string, readonly string[]>>;',
    '  /** Whether what it answers to bad options, and of limits, may be told in its own words. */',
    '  readonly words: boolean;',
    '}',
    '',
    '/** By the sha256 of the core modules: it goes with these, and with no others. */',
    'export const DISCREET: Readonly<Record<string, Discreet>> = {',
    ...modules.map(({ cores, discreet }) => `  '${cores}': ${JSON.stringify(discreet)},`),
    '};',
    ''
  ].join('\n')
);

const typed = modules.map(types);
await writeFile(
  join(OUT, 'types.ts'),
  [
    '// Built: the types of all modules.',
    ...typed.flatMap(({ imports }) => imports),
    '',
    `export type { ${typed.flatMap(({ names }) => names).join(', ')} };`,
    '',
    '/** The functions of each module, by their WIT names; those of resources are for sessions. */',
    'export interface Functions {',
    ...typed.flatMap(({ entry }) => entry),
    '}',
    ''
  ].join('\n')
);
