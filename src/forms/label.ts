/** `auto-orient` → `Auto orient`; `webp` → `WebP`, where the docs write it so. */
export function label(name: string, docs = ''): string {
  const words = name.replaceAll('-', ' ');
  const written = new RegExp(`\\b${words}\\b`, 'i').exec(docs)?.[0];
  if (written && /.[A-Z]/.test(written)) {
    return written;
  }
  return words.charAt(0).toUpperCase() + words.slice(1);
}
