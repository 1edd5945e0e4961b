// Checked by `jlpm check`, never run: the types of calls are those of the WIT.
import type { Bridge, FileRef, image, Outcome, Segment } from './index';

export async function check(bridge: Bridge, bytes: Uint8Array, file: FileRef): Promise<void> {
  const steps: image.Step[] = [{ tag: 'resize', val: { width: 96, fit: 'cover' } }, { tag: 'grayscale' }];
  const output: image.Output = { tag: 'jpeg', val: { quality: 80 } };
  const segment: Segment<'image'> = { decode: { autoOrient: false }, steps, output };
  await bridge.run('image', file, segment);
  // @ts-expect-error: no such option
  await bridge.run('image', bytes, { steps: [{ tag: 'resize', val: { breadth: 96 } }], output });
  // @ts-expect-error: an option's type
  await bridge.run('image', bytes, { steps: [{ tag: 'rotate', val: { degrees: '90' } }], output });
  // @ts-expect-error: no such step
  await bridge.run('image', bytes, { steps: [{ tag: 'shrink' }], output });
  // @ts-expect-error: no such output
  await bridge.run('image', bytes, { output: { tag: 'docx' } });
  // @ts-expect-error: an output is needed
  await bridge.run('image', bytes, { steps });

  const { value: info }: Outcome<image.Info> = await bridge.call('image', 'probe', [file]);
  info.width satisfies number;
  // @ts-expect-error: the result has no such field
  void info.breadth;
  // @ts-expect-error: an argument's type
  await bridge.call('image', 'probe', ['photo.jpg']);
  // @ts-expect-error: an argument too few
  await bridge.call('image', 'run-raster', [{ tag: 'file', val: file }, {}, steps]);

  // What is not known here takes anything, and gives unknown.
  await bridge.run('other', bytes, { steps: [{ tag: 'shrink' }], output: 1 });
  const { value } = await bridge.call('other', 'anything', [1, 'two']);
  // @ts-expect-error: unknown
  value satisfies number;
  const name: string = 'image';
  await bridge.call(name, 'probe', ['whatever']);
}
