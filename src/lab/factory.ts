import { ABCWidgetFactory, DocumentWidget, type DocumentRegistry } from '@jupyterlab/docregistry';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';

/** How a file is opened that is shown, and never written. */
export function factory(
  options: Pick<DocumentRegistry.IWidgetFactoryOptions, 'name' | 'label' | 'fileTypes'>,
  icon: LabIcon,
  make: (context: DocumentRegistry.Context) => Widget
): DocumentRegistry.WidgetFactory {
  return new Factory({ ...options, modelName: 'base64', readOnly: true }, context => {
    const widget = new DocumentWidget({ content: make(context), context });
    widget.title.icon = icon;
    widget.toolbar.hide(); // it has one of its own
    return widget;
  });
}

class Factory extends ABCWidgetFactory<DocumentWidget> {
  readonly #make: (context: DocumentRegistry.Context) => DocumentWidget;

  constructor(options: DocumentRegistry.IWidgetFactoryOptions, make: (context: DocumentRegistry.Context) => DocumentWidget) {
    super(options);
    this.#make = make;
  }

  protected override createNewWidget(context: DocumentRegistry.Context): DocumentWidget {
    return this.#make(context);
  }
}
