/** Media types of pictures that some systems do not know by their extension. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  heic: 'image/heic',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp'
};

/** A file's media type, '' if unknown. */
export function typeOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return type || (BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? '');
}

/** How files of each format begin, in Latin 1; a dot stands for any byte. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  PNG: /^\x89PNG\r\n\x1a\n/,
  JPEG: /^\xff\xd8\xff/,
  GIF: /^GIF8[79]a/,
  WebP: /^RIFF....WEBP/s,
  TIFF: /^(II\*\0|MM\0\*)/,
  BMP: /^BM/,
  PDF: /^%PDF-/
};

/** The format that a file's first bytes tell, '' if they tell none. */
export async function formatIn(file: Blob): Promise<string> {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  return Object.keys(SIGNATURES).find(format => SIGNATURES[format]!.test(start)) ?? '';
}

/** Whether a file is of the types of `accept` (as of `<input>`): dropped files are not checked by the browser. */
export function accepts(accept: string, file: { readonly name: string; readonly type: string }): boolean {
  const wanted = accept.split(',').map(one => one.trim().toLowerCase()).filter(Boolean);
  const [name, type] = [file.name.toLowerCase(), typeOf(file).toLowerCase()];
  const fits = (one: string): boolean =>
    one.startsWith('.') ? name.endsWith(one) : one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : type === one;
  return wanted.length === 0 || wanted.includes('*/*') || wanted.some(fits);
}
