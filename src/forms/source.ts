import { map } from '../bridge/values';
import type { Value, Values } from './parameters';

/** A file that somebody chose, and that is read when it is needed; a `File` is one. */
export interface FileSource {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Lets a person choose a file; undefined if they go back. */
export type ChooseFile = (title: string) => Promise<FileSource | undefined>;

export function isFileSource(value: unknown): value is FileSource {
  return typeof (value as FileSource | undefined)?.arrayBuffer === 'function';
}

/** Values with the bytes of the files in them. */
export async function withBytes<T extends Value | readonly { readonly val?: Values }[]>(values: T): Promise<T> {
  const read = new Map<object, Uint8Array>();
  const wanted: FileSource[] = [];
  map(values, object => (isFileSource(object) ? wanted.push(object) : undefined));
  for (const file of wanted) {
    read.set(file, new Uint8Array(await file.arrayBuffer()));
  }
  return map(values, object => read.get(object)) as T;
}
