import type { Description, pdf } from '../bridge';
import { find, operations, parameters, parts, withBytes, type Chosen, type Operation, type Parameter, type Values } from '../forms';
import type { Context, FileCommand } from './command';
import type { Job, Tools } from './job';
import { numbersOf, target } from './names';
import { Documents, type Opened } from './opened';
import { told } from './redacted';

/** How files begin that go into a document as they are: JPEG and PNG. All others become PNG. */
const AS_THEY_ARE = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47]
];

/** The most wanted commands on documents; every other step that the module has is behind the last. */
export function documentCommands(description: Description, image: Description, context: Context): FileCommand[] {
  const { trans } = context;
  const steps = operations(description, 'step');
  const only = (...names: string[]): Operation[] => steps.filter(({ name }) => names.includes(name));
  const [encrypted] = operations(description, 'output');

  /** A command that changes each document. */
  const changes = (
    command: Pick<FileCommand, 'id' | 'label' | 'title' | 'accept' | 'docs' | 'first'>,
    suffix: string | undefined,
    steps: Operation[],
    output: Operation[] = []
  ): FileCommand => ({
    ...command,
    steps,
    outputs: output,
    target: (path, step) => target(path, suffix ?? `-${step}`, 'pdf'),
    work: ({ step, output }) => change(step, output, suffix ?? `-${step?.tag}`, context)
  });

  return [
    {
      id: 'pdf-merge',
      label: trans('Merge into One PDF…'),
      title: trans('Merge PDF Documents'),
      accept: trans('Merge'),
      docs: trans('Outlines, links, forms, attachments and page labels come along.'),
      steps: [],
      outputs: [],
      together: true,
      target: path => target(path, '-merged', 'pdf'),
      work: () => merge(context)
    },
    changes(
      { id: 'pdf-select', label: trans('Select Pages…'), title: trans('Select Pages of PDF'), accept: trans('Select') },
      '-pages',
      only('select')
    ),
    changes(
      {
        id: 'pdf-rotate',
        label: trans('Rotate…'),
        title: trans('Rotate Pages of PDF'),
        accept: trans('Rotate'),
        first: { step: { tag: 'rotate', val: { degrees: 90 } } }
      },
      undefined,
      only('rotate')
    ),
    changes(
      { id: 'pdf-compress', label: trans('Compress…'), title: trans('Compress PDF'), accept: trans('Compress') },
      '-compressed',
      only('compress')
    ),
    changes(
      { id: 'pdf-clean', label: trans('Clean…'), title: trans('Clean PDF of What Is Not Seen'), accept: trans('Clean') },
      '-cleaned',
      only('clean')
    ),
    changes(
      {
        id: 'pdf-redact',
        label: trans('Redact…'),
        title: trans('Redact PDF'),
        accept: trans('Redact'),
        docs: trans('Look through the result before you give it away: letters in pictures are not found.')
      },
      '-redacted',
      only('redact')
    ),
    changes(
      { id: 'pdf-encrypt', label: trans('Encrypt…'), title: trans('Encrypt PDF'), accept: trans('Encrypt') },
      '-encrypted',
      [],
      // Who encrypts wants a password, though the format does without.
      [withFirst(encrypted!, 'user-password')]
    ),
    {
      id: 'pdf-decrypt',
      label: trans('Decrypt…'),
      title: trans('Decrypt PDF'),
      accept: trans('Decrypt'),
      docs: trans('The result opens without a password. That of the source will be asked for.'),
      steps: [],
      outputs: [],
      target: path => target(path, '-decrypted', 'pdf'),
      work: () => change(undefined, { tag: 'pdf', val: {} }, '-decrypted', context)
    },
    {
      id: 'pdf-text',
      label: trans('Extract Text…'),
      title: trans('Extract Text of PDF'),
      accept: trans('Extract Text'),
      docs: trans('Each page ends with a form feed.'),
      steps: [{ name: 'text', docs: '', payload: true, parameters: [pagesOf(description)] }],
      outputs: [],
      target: path => target(path, '', 'txt'),
      work: answer => extractText(answer.step?.val ?? {}, context)
    },
    {
      id: 'pdf-images',
      label: trans('Pages to Images…'),
      title: trans('Pages of PDF to Images'),
      accept: trans('Make Images'),
      docs: trans('One for each page, in a new folder.'),
      steps: [viewOf(description, pagesOf(description))],
      outputs: operations(image, 'output'),
      apart: true,
      target: (path, _, output = 'png') => `${folderOf(path)}/${pageOf(path, 1, 1, output, context)}`,
      work: answer => pictures(answer.step?.val ?? {}, answer.output!, image, context)
    },
    changes(
      { id: 'pdf-apply', label: trans('Apply Operation…'), title: trans('Apply PDF Operation'), accept: trans('Apply') },
      undefined,
      steps
    )
  ];
}

/** The command on images that makes a document of them. */
export function pictureCommands(description: Description, { trans }: Context): FileCommand[] {
  const name = 'from-images';
  const operation = find(description, name)!;
  return [
    {
      id: 'pdf-from-images',
      label: trans('Make PDF…'),
      title: trans('Make PDF of Images'),
      accept: trans('Make PDF'),
      steps: [operation],
      outputs: [],
      together: true,
      target: path => target(path, '', 'pdf'),
      work: answer => async (paths, { bridge, signal, load, save, progress }) => {
        const pictures = [];
        for (const path of paths) {
          const data = await load(path);
          const taken = AS_THEY_ARE.some(start => start.every((byte, place) => data[place] === byte));
          const png = { output: { tag: 'png', val: {} } } as const;
          pictures.push({ data: taken ? data : (await bridge.run('image', data, png, { signal, transfer: true })).value });
          progress(pictures.length / (paths.length + 1));
        }
        const options = parts(description, name, answer.step?.val ?? {});
        const { value } = await bridge.call<string, string>(description.module, name, [pictures, ...options], { signal, transfer: true });
        await save(target(paths[0]!, '', 'pdf'), value as Uint8Array<ArrayBuffer>);
      }
    }
  ];
}

/** A format whose option of this name must be filled in. */
function withFirst(operation: Operation, name: string): Operation {
  const needed = (parameter: Parameter): Parameter => (parameter.name === name ? { ...parameter, required: true } : parameter);
  return { ...operation, parameters: operation.parameters.map(needed) };
}

/**
 * Changes a document. What wanted a password wants the same one afterwards, unless another output is asked for: what was
 * locked is not left open by the way.
 */
function change(step: Chosen | undefined, output: Chosen | undefined, suffix: string, context: Context): Job['work'] {
  const documents = new Documents(context);
  let steps: Promise<readonly Chosen[]> | undefined;
  return ([path], tools) =>
    documents.open(path!, tools, async document => {
      // Files among its options are read once for all.
      const made = step ? await document.apply(await (steps ??= withBytes([step]))) : document;
      const reports = step?.tag === 'redact' ? await made.ask<pdf.RedactionReport[]>('redactions') : [];
      for (const { notes, stays } of reports.map(report => told(report, context.trans))) {
        notes.forEach(stays ? tools.warn : tools.note);
      }
      await tools.save(target(path!, suffix, 'pdf'), await made.ask('save', output ?? locked(made.password, tools, context)));
    });
}

/** The output that wants this password, if any, and what people should know of that: nothing tells whose it was. */
function locked(password: string | undefined, { note }: Tools, { trans }: Context): Chosen {
  if (password !== undefined) {
    note(trans('Saved with this password as the user password, and with all permissions.'));
  }
  return { tag: 'pdf', val: { userPassword: password } };
}

function merge(context: Context): Job['work'] {
  const documents = new Documents(context);
  return ([first, ...others], tools) =>
    documents.open(first!, tools, async document => {
      /** Has all that are left read, each as long as those behind it; the last one has the work done. */
      const next = async (place: number, steps: readonly unknown[], password?: string): Promise<void> => {
        tools.progress(place / (others.length + 1));
        if (place === others.length) {
          const made = await document.apply(steps);
          return tools.save(target(first!, '-merged', 'pdf'), await made.ask('save', locked(password, tools, context)));
        }
        await documents.read(others[place]!, tools, other =>
          next(place + 1, [...steps, { tag: 'append', val: other }], password ?? other.password)
        );
      };
      await next(0, [], document.password);
    });
}

function extractText({ pages }: Values, context: Context): Job['work'] {
  const { trans } = context;
  const documents = new Documents(context);
  return ([path], tools) =>
    documents.open(path!, tools, async document => {
      const numbers = await chosen(document, pages);
      const texts = await eachPage(numbers, tools, page => document.ask<string>('text', page));
      const empty = texts.flatMap((text, place) => (text.trim() ? [] : [numbers[place]]));
      if (empty.length === texts.length) {
        throw new Error(trans('It has no text: its pages are pictures.'));
      }
      if (empty.length) {
        tools.note(trans('Without text: pages %1.', empty.join(', ')));
      }
      await tools.save(target(path!, '', 'txt'), new TextEncoder().encode(texts.map(text => `${text.trimEnd()}\n\f`).join('')));
    });
}

function pictures({ pages, ...view }: Values, output: Chosen, image: Description, context: Context): Job['work'] {
  const documents = new Documents(context);
  return ([path], tools) =>
    documents.open(path!, tools, async document => {
      let folder: string | undefined;
      const all = await document.ask<number>('page-count');
      await eachPage(await chosen(document, pages), tools, async page => {
        const { raster, notes } = await document.ask<pdf.Rendered>('render', page, view);
        notes.forEach(note => tools.note(context.trans('Page %1: %2', page, note)));
        const args = [{ tag: 'raster', val: raster }, {}, [], output];
        const { value } = await tools.bridge.call<string, string>(image.module, 'run-raster', args, { signal: tools.signal, transfer: true });
        // Not before there is something to be in it.
        folder ??= await tools.folder(folderOf(path!));
        await tools.save(`${folder}/${pageOf(path!, page, all, output.tag, context)}`, (value as { val: Uint8Array<ArrayBuffer> }).val);
      });
    });
}

/** The numbers of the pages that people chose, or of all. */
async function chosen(document: Opened, pages: unknown): Promise<number[]> {
  const all = await document.ask<number>('page-count');
  if (typeof pages !== 'string') {
    return numbersOf('1-', all);
  }
  // It knows what is wrong with them, if something is.
  await document.apply([{ tag: 'select', val: { pages } }]);
  return [...new Set(numbersOf(pages, all))];
}

/** Does something with each of these pages in turn; it can be cancelled between any two. */
async function eachPage<T>(pages: number[], { progress, signal }: Tools, one: (page: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  for (const page of pages) {
    signal.throwIfAborted();
    done.push(await one(page));
    progress(done.length / pages.length);
  }
  return done;
}

/** The option that names pages. */
function pagesOf(description: Description): Parameter {
  return find(description, 'text')!.parameters.find(({ name }) => name === 'pages')!;
}

/** How pages are rendered, as an operation: the record that `render` takes. */
function viewOf(description: Description, ...others: Parameter[]): Operation {
  const view = description.types.findIndex(({ name, record }) => name === 'view' && record);
  return { name: 'render', docs: '', payload: true, parameters: [...parameters(description, view), ...others] };
}

/** The folder for the pages of a document. */
function folderOf(path: string): string {
  return target(path, '-pages', 'pdf').replace(/\.pdf$/i, '');
}

/** The name of a page's picture: `report-007.png`. */
function pageOf(path: string, page: number, all: number, format: string, { name }: Context): string {
  const number = String(page).padStart(String(all).length, '0');
  return target(name(path), `-${number}`, format);
}
