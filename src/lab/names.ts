import type { Description } from '../bridge';
import { extensions } from '../ui/extensions';

/** The formats that a module reads. */
export function formats(description: Description): string[] {
  return description.types.find(({ name }) => name === 'format')?.enum?.map(({ name }) => name) ?? [];
}

/** A path's folder and name, without the extension, and the extension, with its dot. */
function parts(path: string): [stem: string, extension: string] {
  const [, stem, extension = ''] = /^(.*?[^/:])(\.[^./]*)?$/.exec(path) ?? [, path];
  return [stem!, extension];
}

/** The format that a path's extension tells. */
export function formatOf(path: string, known: readonly string[]): string | undefined {
  const extension = parts(path)[1].slice(1).toLowerCase();
  return known.find(format => extensions(format).includes(extension));
}

/**
 * Where the result goes: beside the source, with the operation's name added (`photo-resize.jpg`); the source's
 * own extension stays if it is one of the format.
 */
export function target(path: string, suffix: string, format: string): string {
  const [stem, extension] = parts(path);
  const fits = formatOf(path, [format]) === format;
  return `${stem}${suffix}${fits ? extension : `.${extensions(format)[0]}`}`;
}

/** Another name beside a path's: `photo-1.jpg`, `photo-2.jpg`. */
export function another(path: string, number: number): string {
  const [stem, extension] = parts(path);
  return `${stem}-${number}${extension}`;
}

/** A name for a message: of a long one, start and end. */
export function short(name: string, most = 48): string {
  const letters = [...name];
  const end = most >> 1;
  return letters.length > most ? `${letters.slice(0, most - end - 1).join('')}…${letters.slice(-end).join('')}` : name;
}

/** The numbers that `1-3,8,10-` stands for among so many pages; the module has found it sound. */
export function numbersOf(pages: string, all: number): number[] {
  return pages.split(',').flatMap(part => {
    const [first, last] = part.split('-').map(Number);
    const end = part.includes('-') ? last || all : first!;
    return Array.from({ length: end - first! + 1 }, (_, place) => first! + place);
  });
}
