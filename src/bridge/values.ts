/**
 * Values on their way between page, vault and worker. They are jco's (records are objects, variants
 * `{tag, val}`, `list<u8>` a Uint8Array), except that what must stay where it is goes as a reference.
 */

/** A resource that stays in its worker. */
export interface ResourceRef {
  readonly $resource: number;
}

/** A private file that stays in its home. */
export interface FileRef {
  readonly $file: number;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The media type, '' if unknown. */
  readonly type: string;
}

export function isResourceRef(value: object): value is ResourceRef {
  return '$resource' in value;
}

export function isFileRef(value: object): value is FileRef {
  return '$file' in value;
}

/**
 * A copy of a value in which `change` has replaced objects; where it returns undefined, the object
 * is copied with its members changed. Binary data is handed to `change`, too, and otherwise kept.
 */
export function map(value: unknown, change: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const changed = change(value);
  if (changed !== undefined) {
    return changed;
  }
  if (ArrayBuffer.isView(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(item => map(item, change));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, change)]));
}

/** The private files in a value. */
export function filesIn(value: unknown): FileRef[] {
  const found: FileRef[] = [];
  map(value, object => (isFileRef(object) ? (found.push(object), object) : undefined));
  return found;
}

/**
 * Where the private files in arguments stand: the place of the argument, and from there the names of fields, of cases in
 * brackets, and `*` for any item of a list, as in `2.*.(append).file`.
 */
export function placesOf(args: readonly unknown[]): string[] {
  const within = (value: unknown, place: string): string[] => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
      return [];
    }
    if (isFileRef(value)) {
      return [place];
    }
    if (Array.isArray(value)) {
      return value.flatMap(item => within(item, `${place}.*`));
    }
    const tag = 'tag' in value ? String(value.tag) : undefined;
    return Object.entries(value).flatMap(([key, item]) =>
      within(item, `${place}.${key === 'val' && tag !== undefined ? `(${tag})` : key}`)
    );
  };
  return args.flatMap((arg, place) => within(arg, String(place)));
}

/** Calls `visit` for each piece of binary data in a value. */
export function eachView(value: unknown, visit: (view: ArrayBufferView) => void): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (ArrayBuffer.isView(value)) {
    visit(value);
  } else {
    for (const item of Array.isArray(value) ? value : Object.values(value)) {
      eachView(item, visit);
    }
  }
}

/** Bytes of all binary data in a value. */
export function byteLength(value: unknown): number {
  let bytes = 0;
  eachView(value, view => (bytes += view.byteLength));
  return bytes;
}

/** The buffers in a value, each once: what may be transferred with it. */
export function buffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  eachView(value, view => found.add(view.buffer as ArrayBuffer));
  return [...found];
}

/**
 * A value that can be transferred without harm to the one who gave it: all binary data is copied,
 * each view alone (`postMessage` would copy the whole buffer behind a view).
 */
export function detached<T>(value: T): T {
  return map(value, object =>
    ArrayBuffer.isView(object) ? (object as Uint8Array).slice() : undefined
  ) as T;
}
