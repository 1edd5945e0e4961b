/**
 * Keeps a notebook's own keys (A, X, arrows, Enter, undo) from an element while the focus is in it; others with
 * Ctrl, such as that for saving, go through. Returns how to end that.
 *
 * @param own More keys that are the element's with Ctrl.
 */
export function keepKeys(element: HTMLElement, own: readonly string[] = []): () => void {
  // JupyterLab looks for the attribute when the event is on its way down the document, and on what has the
  // focus first: its notebook's keys are bound to that.
  const before = ({ ctrlKey, metaKey, key, target }: KeyboardEvent): void => {
    if (target instanceof Element && element.contains(target)) {
      const through = (ctrlKey || metaKey) && !['z', 'y', 'enter', ...own].includes(key.toLowerCase());
      target.toggleAttribute('data-lm-suppress-shortcuts', !through);
    }
  };
  addEventListener('keydown', before, true);
  return () => removeEventListener('keydown', before, true);
}
