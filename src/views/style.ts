/** How views look: Jupyter's variables, and values that do without. */
export const STYLE = `
.wasmcell { color-scheme: light; font: var(--jp-ui-font-size1, 13px)/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
  color: var(--jp-ui-font-color1, #212121); margin: 0; padding: 2px; box-sizing: border-box; }
.wasmcell.dark { color-scheme: dark; color: var(--jp-ui-font-color1, #e0e0e0); }
.wasmcell * { box-sizing: border-box; }
.wasmcell button { font: inherit; color: inherit; cursor: pointer; min-height: 24px; padding: 2px 10px;
  border: 1px solid var(--jp-border-color1, #8888); border-radius: var(--jp-border-radius, 2px);
  background: var(--jp-layout-color1, Canvas); }
.wasmcell button:hover { background: var(--jp-layout-color2, #8883); }
.wasmcell button:focus-visible { outline: 2px solid var(--jp-brand-color1, #2196f3); outline-offset: 1px; }
.wasmcell button.primary { color: #fff; border-color: transparent;
  background: var(--jp-accept-color-normal, #1976d2); }
.wasmcell button.primary:hover { background: var(--jp-accept-color-hover, #0d47a1); }
.wasmcell button:disabled { opacity: 0.6; }
.wasmcell .zone[inert] { opacity: 0.6; }
.wasmcell button.icon { border: 0; background: none; padding: 0; width: 24px; height: 24px; font-size: 16px; line-height: 1; }
.wasmcell button.icon:hover { background: var(--jp-layout-color2, #8883); }
.wasmcell .quiet { color: var(--jp-ui-font-color2, #757575); }
.wasmcell.dark .quiet { color: var(--jp-ui-font-color2, #bdbdbd); }
.wasmcell .small { font-size: var(--jp-ui-font-size0, 11px); }
.wasmcell p { margin: 6px 0 0; }
.wasmcell p:empty { display: none; }
.wasmcell .bad { color: var(--jp-error-color1, #d32f2f); }
.wasmcell .warn { border-left: 3px solid var(--jp-warn-color1, #f57c00); padding-left: 6px; }
.wasmcell .row { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
.wasmcell .zone { border: 1px dashed var(--jp-border-color1, #8888); border-radius: calc(2 * var(--jp-border-radius, 2px));
  padding: 12px; background: var(--jp-layout-color1, transparent); }
.wasmcell .zone.over { border-color: var(--jp-brand-color1, #1976d2); border-style: solid;
  box-shadow: inset 0 0 0 1px var(--jp-brand-color1, #1976d2); }
.wasmcell ul { list-style: none; margin: 6px 0 0; padding: 0; max-height: 260px; overflow: auto; }
.wasmcell ul:empty { display: none; }
.wasmcell li { display: flex; align-items: center; gap: 10px; padding: 4px 2px; min-height: 48px;
  border-bottom: 1px solid var(--jp-border-color2, #8884); content-visibility: auto; contain-intrinsic-size: auto 48px; }
.wasmcell li:last-child { border-bottom: 0; }
.wasmcell .thumb { width: 40px; height: 40px; flex: none; border-radius: var(--jp-border-radius, 2px);
  background: var(--jp-layout-color2, #8882); display: grid; place-items: center; overflow: hidden; }
.wasmcell .thumb canvas { display: block; }
.wasmcell .about { flex: 1; min-width: 0; }
.wasmcell .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.wasmcell progress { width: 96px; height: 8px; margin-left: 6px; vertical-align: middle; accent-color: var(--jp-brand-color1, #1976d2); }
.wasmcell table { border-collapse: collapse; }
.wasmcell :is(th, td) { padding: 4px 12px 4px 0; text-align: start; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid var(--jp-border-color2, #8884); }
.wasmcell figure { margin: 0; }
.wasmcell figure img { display: block; max-width: 100%; height: auto; border-radius: var(--jp-border-radius, 2px); }
.wasmcell figcaption { margin-top: 4px; display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
.wasmcell .question { border: 1px solid var(--jp-border-color1, #8888); border-radius: calc(2 * var(--jp-border-radius, 2px));
  padding: 8px 12px; background: var(--jp-layout-color1, Canvas); }
.wasmcell .question span { flex: 1; min-width: 12em; max-height: 12em; overflow: auto; overflow-wrap: anywhere; }
@media (forced-colors: active) { .wasmcell .zone.over { outline: 2px solid Highlight; } }
`;
