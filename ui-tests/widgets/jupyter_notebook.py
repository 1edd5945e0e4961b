"""A notebook that is open in JupyterLab's kin, with its kernel."""

from __future__ import annotations

from typing import Any

from host import Host


class Notebook(Host):
    """A notebook that is open in a page, with its kernel."""

    def wait(self) -> None:
        """Until the kernel is there and idle."""
        self.page.wait_for_function("globalThis.jupyterapp")
        self.page.evaluate("jupyterapp.restored.then(() => undefined)")
        self.page.wait_for_function("""() => {
          const widgets = [...jupyterapp.shell.widgets('main')];
          globalThis.panel = widgets.find(widget => widget.context?.model?.cells);
          return globalThis.panel?.sessionContext.session?.kernel?.status === 'idle';
        }""")

    def start(self, code: str) -> int:
        """Run code in a new cell, without waiting; the cell's index."""
        return self.page.evaluate(
            """code => {
              jupyterapp.shell.activateById(panel.id);
              const notebook = panel.content;
              const index = notebook.activeCellIndex = notebook.widgets.length - 1;
              notebook.activeCell.model.sharedModel.setSource(code);
              void jupyterapp.commands.execute('notebook:run-cell-and-insert-below');
              return index;
            }""",
            code,
        )

    def finish(self, index: int) -> str:
        """Wait until a cell has run; what it printed, its error's name and text, or the text of its value."""
        self.page.wait_for_function(
            """index => {
              const { executionCount, executionState } = panel.content.widgets[index].model;
              return executionCount !== null && executionState === 'idle';
            }""",
            arg=index,
        )
        texts = []
        for output in self.outputs(index):
            match output["output_type"]:
                case "stream":
                    texts.append("".join(output["text"]))
                case "error":
                    texts.append(f"{output['ename']}: {output['evalue']}")
                case _:
                    texts.append("".join(output["data"].get("text/plain", "")))
        return "".join(texts).strip()

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """A cell's outputs, as the notebook would save them."""
        return self.page.evaluate("index => panel.content.widgets[index].model.outputs.toJSON()", index)
