import type { Description, Segment } from '../bridge';
import { operations, type Chosen, type Operation } from '../forms';
import type { Context, FileCommand } from './command';
import type { Tools } from './job';
import { formatOf, formats, target } from './names';

/** What differs between the commands on images. */
interface Shortcut extends Pick<FileCommand, 'id' | 'label' | 'title' | 'accept' | 'docs' | 'first'> {
  /** The step; all of them to choose from if null, none if missing. */
  readonly step?: string | null;
  /** What the result's name gets; the step's name unless told. */
  readonly suffix?: string;
  /** Options of formats that stay as the module has them by default. */
  readonly hidden?: readonly string[];
  /** Options for the source's own format, where it has them. */
  readonly defaults?: Readonly<Record<string, number>>;
}

/** The most wanted commands on images; everything else the module can do is behind the last. */
export function imageCommands(description: Description, { trans }: Context): FileCommand[] {
  const readable = formats(description);
  const shortcuts: readonly Shortcut[] = [
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
  return shortcuts.map(({ step: wanted, suffix, hidden = [], defaults = {}, ...shortcut }) => {
    const outputs = operations(description, 'output').map(output => ({
      ...output,
      parameters: output.parameters.filter(parameter => !hidden.includes(parameter.name))
    }));
    const place = (path: string, step: string | undefined, format: string): string =>
      target(path, suffix ?? `-${step}`, format);
    return {
      ...shortcut,
      steps: operations(description, 'step').filter(step => wanted === null || step.name === wanted),
      outputs,
      same: shortcut.id !== 'convert',
      target: (path, step, output) => place(path, step, output ?? written(outputs, formatOf(path, readable))),
      work: answer => async ([path], { bridge, signal, load, save }: Tools) => {
        const source = await load(path!);
        const same = async (): Promise<Chosen> => {
          const { value } = await bridge.call<string, string>(description.module, 'probe', [source], { signal });
          return sameAs(outputs, (value as { format: string }).format, defaults);
        };
        const output = answer.output ?? (await same());
        const segment = { steps: answer.step ? [answer.step] : [], output } as Segment<'image'>;
        const { value } = await bridge.run(description.module, source, segment, { signal, transfer: true });
        await save(place(path!, answer.step?.tag, output.tag), value as Uint8Array<ArrayBuffer>);
      }
    };
  });
}

/** The format of a result whose source has this one. */
function written(outputs: readonly Operation[], source: string | undefined): string {
  return outputs.find(({ name }) => name === source)?.name ?? 'png';
}

/** How a source's own format is written. */
function sameAs(outputs: readonly Operation[], source: string, defaults: Readonly<Record<string, number>>): Chosen {
  const tag = written(outputs, source);
  const { payload, parameters } = outputs.find(({ name }) => name === tag)!;
  const known = parameters.filter(({ key }) => key in defaults);
  return payload ? { tag, val: Object.fromEntries(known.map(({ key }) => [key, defaults[key]])) } : { tag };
}
