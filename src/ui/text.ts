import type { Translate } from './translate';

/** Bytes as people read them: `512 B`, `143 kB`, `2.4 MB`; as in `wasmcell/display.py`. */
export function size(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  for (const [unit, factor] of [['kB', 1e3], ['MB', 1e6]] as const) {
    const count = bytes / factor;
    if (count < 999.5) {
      return `${count.toFixed(count >= 99.5 ? 0 : 1)} ${unit}`;
    }
  }
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A time as people read it: `0.4 ms`, `45 ms`, `2.1 s`; as in `wasmcell/display.py`. */
export function duration(seconds: number): string {
  return seconds >= 1 ? `${seconds.toFixed(1)} s` : `${(seconds * 1000).toFixed(seconds >= 0.01 ? 0 : 1)} ms`;
}

/** Some names in one line: `a.png, b.png and 3 more`. */
export function listed(names: readonly string[], trans: Translate<'%1 and %2 more'>, most = 5): string {
  const few = names.slice(0, most).join(', ');
  return names.length > most ? trans('%1 and %2 more', few, names.length - most) : few;
}
