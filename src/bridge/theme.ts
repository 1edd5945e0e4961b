/** What a view needs of the page's theme, as it cannot see the page. */
export interface Theme {
  readonly dark: boolean;
  /** CSS variables with their values. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Jupyter's variables that views use. */
const VARIABLES = [
  '--jp-ui-font-family',
  '--jp-ui-font-size0',
  '--jp-ui-font-size1',
  '--jp-ui-font-color0',
  '--jp-ui-font-color1',
  '--jp-ui-font-color2',
  '--jp-layout-color0',
  '--jp-layout-color1',
  '--jp-layout-color2',
  '--jp-layout-color3',
  '--jp-border-color1',
  '--jp-border-color2',
  '--jp-border-radius',
  '--jp-brand-color1',
  '--jp-brand-color0',
  '--jp-accept-color-normal',
  '--jp-accept-color-hover',
  '--jp-warn-color1',
  '--jp-error-color1',
  '--jp-error-color0'
];

/** The theme around an element. */
export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element.isConnected ? element : document.body);
  const { jpThemeLight } = document.body.dataset;
  const variables: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = style.getPropertyValue(name).trim();
    if (value) {
      variables[name] = value;
    }
  }
  const dark =
    jpThemeLight === undefined
      ? document.body.classList.contains('vscode-dark') || matchMedia('(prefers-color-scheme: dark)').matches
      : jpThemeLight === 'false';
  return { dark, variables };
}

/** Calls `changed` when the page's theme changes; returns how to stop it. */
export function observeTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  const options = { attributes: true, attributeFilter: ['class', 'style', 'data-jp-theme-name', 'data-jp-theme-light'] };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', changed);
  };
}
