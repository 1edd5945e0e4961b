"""Widgets, for JupyterLab, Notebook and every other host of anywidget; no extension is needed."""

from wasmcell.widgets.ledger import Ledger
from wasmcell.widgets.picker import Pick, pick

__all__ = ["Ledger", "Pick", "pick"]
