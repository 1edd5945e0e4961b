import special from '../../wasmcell/pipeline/extensions.json';

/** The extensions of files of a format, the usual one first; Python reads the same list. */
export function extensions(format: string): readonly string[] {
  return (special as Readonly<Record<string, readonly string[]>>)[format] ?? [format];
}
