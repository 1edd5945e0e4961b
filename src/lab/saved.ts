import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Widget } from '@lumino/widgets';

const WIDGET = 'application/vnd.jupyter.widget-view+json';
const HTML = 'text/html';
/** That of the widgets' own renderer. */
const RANK = -10;

/** What is needed of one. */
interface NotebookPanel extends Widget {
  readonly content: { readonly rendermime: IRenderMimeRegistry };
}

/**
 * A notebook that is opened again has no widgets until its cells run. JupyterLab then says 'model not found', and
 * shows nothing else that came with the output; this shows the HTML, if there is any.
 */
export const savedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'wasmcell:saved',
  description: 'Shows what was saved of widgets whose kernel is gone.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: panel => showSaved((panel as NotebookPanel).content.rendermime)
    });
  }
};

function showSaved(rendermime: IRenderMimeRegistry): void {
  const widgets = rendermime.getFactory(WIDGET);
  if (!widgets) {
    return;
  }
  const createRenderer = (options: IRenderMime.IRendererOptions): IRenderMime.IRenderer => {
    const renderer = widgets.createRenderer(options);
    const render = renderer.renderModel.bind(renderer);
    renderer.renderModel = async model => {
      await render(model);
      // A widget that is there has elements; its absence is told by bare text.
      if (!renderer.node.firstElementChild && HTML in model.data) {
        const saved = rendermime.createRenderer(HTML);
        renderer.disposed.connect(() => saved.dispose());
        await saved.renderModel(model);
        renderer.node.replaceChildren(saved.node);
      }
    };
    return renderer;
  };
  rendermime.addFactory({ ...widgets, mimeTypes: [WIDGET], createRenderer }, RANK);
}
