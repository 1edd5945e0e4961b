import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { imageIcon, MenuSvg } from '@jupyterlab/ui-components';

import { extensions } from '../ui/extensions';
import { operations, type Chosen, type Translate } from '../forms';
import { ask, askToReplace, type Answer } from './dialog';
import { kindOf, message } from './contents';
import { targets, type Job } from './job';
import { formatOf, formats, target } from './names';
import { run } from './notify';
import { IWasmcell } from './token';

/** A command: an operation, or a choice of them, that a file's menu offers by its own name. */
interface Shortcut {
  readonly id: string;
  /** In the menu of a file. */
  readonly label: string;
  /** Where nothing else tells that it is about images. */
  readonly title: string;
  readonly accept: string;
  readonly docs?: string;
  /** The step; all of them to choose from if null, none if missing. */
  readonly step?: string | null;
  /** What is filled in at first. */
  readonly first?: { readonly step?: Chosen; readonly output?: Chosen };
  /** What the result's name gets; the step's name unless told. */
  readonly suffix?: string;
  /** Options of formats that stay as the module has them by default. */
  readonly hidden?: readonly string[];
  /** Options for the source's own format, where it has them. */
  readonly defaults?: Readonly<Record<string, number>>;
}

/** The most wanted ones; everything else the modules can do is behind the last. */
const shortcuts = (trans: Translate): readonly Shortcut[] => [
  {
    id: 'convert',
    label: trans('Convert…'),
    title: trans('Convert Image'),
    accept: trans('Convert'),
    first: { output: { tag: 'webp' } },
    suffix: ''
  },
  {
    id: 'resize',
    label: trans('Resize…'),
    title: trans('Resize Image'),
    accept: trans('Resize'),
    step: 'resize'
  },
  {
    id: 'rotate',
    label: trans('Rotate…'),
    title: trans('Rotate Image'),
    accept: trans('Rotate'),
    step: 'rotate',
    first: { step: { tag: 'rotate', val: { degrees: 90 } } }
  },
  {
    id: 'strip',
    label: trans('Strip Metadata…'),
    title: trans('Strip Image Metadata'),
    accept: trans('Strip'),
    docs: trans(
      'Camera, date and place are left out; the colour profile stays. The picture is written anew, lossy formats at quality 95.'
    ),
    suffix: '-stripped',
    hidden: ['exif'],
    defaults: { quality: 95 }
  },
  {
    id: 'apply',
    label: trans('Apply Operation…'),
    title: trans('Apply Image Operation'),
    accept: trans('Apply'),
    step: null
  }
];

/** Commands on images in the file browser. They need no kernel. */
export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:files',
  description: 'Converts and changes images in the file browser, without a kernel.',
  autoStart: true,
  requires: [IWasmcell],
  optional: [IFileBrowserFactory, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    wasmcell: IWasmcell,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    if (!browsers) {
      return; // a page without files, such as a single document's
    }
    const bundle = (translator ?? nullTranslator).load('wasmcell');
    const trans: Translate = (text, ...args) => bundle.__(text, ...args);
    const description = wasmcell.modules.find(({ module }) => module === 'image')!;
    const readable = formats(description);

    /** The images among what is selected, or among the paths that a command is given. */
    const images = (given?: unknown): string[] => {
      const selected = browsers.tracker.currentWidget?.selectedItems() ?? [];
      const paths = Array.isArray(given) ? (given as string[]) : Array.from(selected, ({ path }) => path);
      return paths.filter(path => formatOf(path, readable));
    };

    const menu = new MenuSvg({ commands: app.commands });
    menu.title.label = trans('Image');
    menu.title.icon = imageIcon;
    for (const shortcut of shortcuts(trans)) {
      const command = `wasmcell:${shortcut.id}`;
      app.commands.addCommand(command, {
        label: ({ isPalette }) => (isPalette ? `${shortcut.title}…` : shortcut.label),
        caption: trans('Works in the page, on the images that are selected in the file browser'),
        isEnabled: ({ paths }) => images(paths).length > 0,
        execute: ({ paths }) => start(shortcut, images(paths))
      });
      palette?.addItem({ command, args: { isPalette: true }, category: trans('Images') });
      menu.addItem({ command });
    }
    for (const format of readable) {
      if (!app.docRegistry.getFileType(format)) {
        app.docRegistry.addFileType({
          name: format,
          displayName: format.toUpperCase(),
          extensions: extensions(format).map(extension => `.${extension}`),
          mimeTypes: [`image/${format}`],
          fileFormat: 'base64',
          icon: imageIcon
        });
      }
      const selector = `.jp-DirListing-item[data-file-type="${format}"]`;
      app.contextMenu.addItem({ type: 'submenu', submenu: menu, selector, rank: 3 });
    }

    const start = async (shortcut: Shortcut, paths: string[], again?: Answer, refused?: string): Promise<void> => {
      const { contents } = app.serviceManager;
      const name = (path: string): string => contents.localPath(path).split('/').pop()!;
      const { step: wanted, hidden = [], defaults = {} } = shortcut;
      const steps = operations(description, 'step').filter(step => wanted === null || step.name === wanted);
      const outputs = operations(description, 'output').map(output => ({
        ...output,
        parameters: output.parameters.filter(parameter => !hidden.includes(parameter.name))
      }));
      const suffix = (step?: string): string => shortcut.suffix ?? `-${step}`;
      const answer = await ask(
        {
          title: shortcut.title,
          docs: shortcut.docs,
          accept: shortcut.accept,
          files: paths.map(name),
          steps,
          outputs,
          same: shortcut.id !== 'convert',
          first: again ?? shortcut.first ?? {},
          refused,
          name: (step, output) => {
            const source = formatOf(paths[0]!, readable);
            const format = output ?? outputs.find(({ name }) => name === source)?.name ?? 'png';
            return name(target(paths[0]!, suffix(step), format)) + (paths.length > 1 ? ', …' : '');
          }
        },
        trans
      );
      if (!answer) {
        return;
      }
      const job: Job = {
        module: description.module,
        paths,
        steps: answer.step ? [answer.step] : [],
        output: answer.output,
        outputs,
        defaults,
        suffix: suffix(answer.step?.tag)
      };
      const wantedPaths = [...new Set(targets(job, readable))];
      let there;
      try {
        there = await Promise.all(wantedPaths.map(path => kindOf(contents, path)));
      } catch (error) {
        Notification.error(trans('Nothing was done: %1', message(error, trans)), { autoClose: false });
        return;
      }
      // Beside a folder of the same name the result gets another one.
      const taken = wantedPaths.filter((_, place) => there[place] && there[place] !== 'directory');
      const decision = taken.length ? await askToReplace(taken.map(name), trans) : 'keep';
      if (!decision) {
        return;
      }
      const replace = new Set(decision === 'replace' ? taken : []);
      const open = (path: string): void => void app.commands.execute('docmanager:open', { path });
      const refusal = await run(job, wasmcell, contents, replace, { name, open, title: shortcut.accept, trans });
      if (refusal) {
        await start(shortcut, paths, answer, refusal);
      }
    };
  }
};
