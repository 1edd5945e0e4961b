import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { imageIcon, MenuSvg, pdfIcon, type LabIcon } from '@jupyterlab/ui-components';

import type { Description } from '../bridge';
import type { ChooseFile, Translate } from '../forms';
import { extensions } from '../ui/extensions';
import type { Context, FileCommand } from './command';
import { kindOf, load, message } from './contents';
import { ask, askToReplace, type Answer } from './dialog';
import { documentCommands, pictureCommands } from './documents';
import { imageCommands } from './images';
import type { Job } from './job';
import { formatOf, formats } from './names';
import { run } from './notify';
import { IWasmcell } from './token';

/** Files of some formats, and the commands on them. */
interface Kind {
  /** Of the submenu. */
  readonly label: string;
  readonly icon: LabIcon;
  /** In the palette. */
  readonly category: string;
  readonly caption: string;
  readonly formats: readonly string[];
  /** JupyterLab's names for files of these formats. */
  readonly types: readonly string[];
  readonly commands: readonly FileCommand[];
}

/** Commands on images and documents in the file browser. They need no kernel. */
export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:files',
  description: 'Converts and changes images and PDF documents in the file browser, without a kernel.',
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
    const { contents } = app.serviceManager;
    const name = (path: string): string => contents.localPath(path).split('/').pop()!;
    const context: Context = { name, trans };
    const module = (wanted: string): Description => wasmcell.modules.find(({ module }) => module === wanted)!;
    const readable = formats(module('image'));
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
    }
    const kinds: readonly Kind[] = [
      {
        label: trans('Image'),
        icon: imageIcon,
        category: trans('Images'),
        caption: trans('Works in the page, on the images that are selected in the file browser'),
        formats: readable,
        types: readable,
        commands: [...imageCommands(module('image'), context), ...pictureCommands(module('pdf-make'), context)]
      },
      {
        label: trans('PDF'),
        icon: pdfIcon,
        category: trans('PDF Documents'),
        caption: trans('Works in the page, on the PDF documents that are selected in the file browser'),
        formats: ['pdf'],
        types: ['PDF'],
        commands: documentCommands(module('pdf'), module('image'), context)
      }
    ];

    for (const { label, icon, category, caption, formats, types, commands } of kinds) {
      /** The files of this kind among what is selected, or among the paths that a command is given. */
      const among = (given?: unknown): string[] => {
        const selected = browsers.tracker.currentWidget?.selectedItems() ?? [];
        const paths = Array.isArray(given) ? (given as string[]) : Array.from(selected, ({ path }) => path);
        return paths.filter(path => formatOf(path, formats));
      };
      const menu = new MenuSvg({ commands: app.commands });
      menu.title.label = label;
      menu.title.icon = icon;
      for (const one of commands) {
        const command = `wasmcell:${one.id}`;
        app.commands.addCommand(command, {
          label: ({ isPalette }) => (isPalette ? `${one.title}…` : one.label),
          caption,
          isEnabled: ({ paths }) => among(paths).length > 0,
          execute: ({ paths }) => start(one, among(paths))
        });
        palette?.addItem({ command, args: { isPalette: true }, category });
        menu.addItem({ command });
      }
      for (const type of types) {
        const selector = `.jp-DirListing-item[data-file-type="${type}"]`;
        app.contextMenu.addItem({ type: 'submenu', submenu: menu, selector, rank: 3 });
      }
    }

    /** A file that a command needs beside those that it works on, from the folder of these at first. */
    const choose = (path: string): ChooseFile => async title => {
      const { value } = await FileDialog.getOpenFiles({
        title,
        manager: browsers.tracker.currentWidget!.model.manager,
        defaultPath: path.split('/').slice(0, -1).join('/')
      });
      const [file] = value?.filter(({ type }) => type !== 'directory') ?? [];
      return file && { name: file.name, arrayBuffer: async () => (await load(contents, file.path)).buffer };
    };

    const start = async (command: FileCommand, given: string[], again?: Answer, refused?: string): Promise<void> => {
      const { title, docs, accept, steps, outputs, same = false, together = false } = command;
      const answer = await ask(
        {
          title,
          docs,
          accept,
          files: given.map(name),
          ordered: together,
          steps,
          outputs,
          same,
          first: again ?? command.first ?? {},
          refused,
          name: (step, output, first) =>
            name(command.target(given[first]!, step, output)) + (given.length > 1 && !together ? ', …' : ''),
          choose: choose(given[0]!)
        },
        trans
      );
      if (!answer) {
        return;
      }
      const paths = answer.order.map(place => given[place]!);
      const batches = together ? [paths] : paths.map(path => [path]);
      const targets = command.apart
        ? []
        : [...new Set(batches.map(([path]) => command.target(path!, answer.step?.tag, answer.output?.tag)))];
      const job: Job = { batches, work: command.work(answer) };
      let there;
      try {
        there = await Promise.all(targets.map(path => kindOf(contents, path)));
      } catch (error) {
        Notification.error(trans('Nothing was done: %1', message(error, trans)), { autoClose: false });
        return;
      }
      // Beside a folder of the same name the result gets another one.
      const taken = targets.filter((_, place) => there[place] && there[place] !== 'directory');
      const decision = taken.length ? await askToReplace(taken.map(name), trans) : 'keep';
      if (!decision) {
        return;
      }
      const replace = new Set(decision === 'replace' ? taken : []);
      const open = (path: string): void => void app.commands.execute('docmanager:open', { path });
      const refusal = await run(job, wasmcell, contents, replace, { name, open, title: accept, trans });
      if (refusal) {
        await start(command, given, answer, refusal);
      }
    };
  }
};
