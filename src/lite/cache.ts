/** The cache that has a site's copy: sites of one origin have one each. */
export function cacheName(scope: string): string {
  return `wasmcell-lite ${scope}`;
}
