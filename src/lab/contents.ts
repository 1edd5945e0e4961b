import { ServerConnection, type Contents } from '@jupyterlab/services';

import { checkSize } from '../bridge/files';
import type { Translate } from '../forms';
import { another } from './names';

/** What goes over in one request, as in JupyterLab's own upload. */
const CHUNK = 2 ** 20;

/** The bytes of a file. @throws WasmcellError `limit-exceeded` before any are fetched, if there are too many. */
export async function load(contents: Contents.IManager, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { name, size } = await contents.get(path, { content: false });
  checkSize(name, size ?? 0);
  const { content } = await contents.get(path, { type: 'file', format: 'base64', content: true });
  return bytesOf(content as string);
}

/** The bytes that base64 says. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) {
    bytes[place] = text.charCodeAt(place);
  }
  return bytes;
}

/** What there is at a path, such as `file` or `directory`; undefined if nothing. */
export async function kindOf(contents: Contents.IManager, path: string): Promise<string | undefined> {
  try {
    return (await contents.get(path, { content: false })).type;
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Makes a folder. */
export async function folder(contents: Contents.IManager, path: string): Promise<void> {
  await contents.save(path, { type: 'directory' });
}

/**
 * Writes a file, whole or not at all. One request is written as a whole by the server; what takes more
 * goes to a file of another name first, which then takes the place.
 *
 * @param replace Whether there may be a file, which is replaced.
 */
export async function save(
  contents: Contents.IManager,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  replace: boolean,
  signal: AbortSignal
): Promise<void> {
  if (bytes.length <= CHUNK) {
    await put(contents, path, bytes);
    return;
  }
  const part = another(path, Date.now());
  try {
    for (let start = 0, chunk = 1; start < bytes.length; start += CHUNK, chunk++) {
      signal.throwIfAborted();
      const end = start + CHUNK;
      await put(contents, part, bytes.subarray(start, end), end < bytes.length ? chunk : -1);
    }
    const { size } = await contents.get(part, { content: false });
    if (typeof size === 'number' && size !== bytes.length) {
      throw new Error(`${size} of ${bytes.length} bytes arrived.`);
    }
    if (replace && (await kindOf(contents, path))) {
      await exchange(contents, part, path);
    } else {
      await contents.rename(part, path);
    }
  } catch (error) {
    const left = await contents.delete(part).then(() => false, failure => !isMissing(failure));
    throw left && !(error instanceof LeftError) ? new LeftError(error, part, false) : error;
  }
}

/** Puts a file in the place of another, which comes back if that fails. */
async function exchange(contents: Contents.IManager, part: string, path: string): Promise<void> {
  const old = another(part, 0);
  await contents.rename(path, old);
  try {
    await contents.rename(part, path);
  } catch (error) {
    await contents.rename(old, path).catch(() => {
      throw new LeftError(error, old, true);
    });
    throw error;
  }
  // The result is in its place: what is left over is no failure.
  await contents.delete(old).catch(() => undefined);
}

/** A file that had to be left on the server, because it could not be reached to put things in order. */
export class LeftError extends Error {
  /** @param former Whether it is what was there before; else it is unfinished. */
  constructor(
    override readonly cause: unknown,
    readonly path: string,
    readonly former: boolean
  ) {
    super((cause as Error).message);
  }
}

/** What went wrong with a server, as people can read it, and what to do. */
export function message(error: unknown, trans: Translate): string {
  if (error instanceof LeftError) {
    const name = error.path.split('/').pop()!;
    const left = error.former
      ? trans('What was there before is kept as %1.', name)
      : trans('An unfinished %1 may be there; it can be deleted.', name);
    return `${message(error.cause, trans)} ${left}`;
  }
  if (error instanceof ServerConnection.NetworkError) {
    return trans('The Jupyter server cannot be reached; try again when it runs.');
  }
  if (isMissing(error)) {
    return trans('The file or its folder is not there any more.');
  }
  if (error instanceof ServerConnection.ResponseError && [401, 403].includes(error.response.status)) {
    // A file that is refused has its own words; who is not logged in gets these.
    return /^forbidden$|_xsrf/i.test(error.message)
      ? trans('The Jupyter server does not know you any more; log in again in another tab, then try again.')
      : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

function isMissing(error: unknown): boolean {
  return error instanceof ServerConnection.ResponseError && error.response.status === 404;
}

async function put(
  contents: Contents.IManager,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  chunk?: number
): Promise<void> {
  const content = await base64(bytes);
  const model = { type: 'file', format: 'base64', content, ...(chunk === undefined ? {} : { chunk }) } as const;
  await contents.save(path, model);
}

function base64(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^.*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes]));
  });
}
