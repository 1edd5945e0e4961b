"""Widgets, for JupyterLab, Notebook and every other host of anywidget; no extension is needed."""

from wasmcell.widgets.form import Form
from wasmcell.widgets.ledger import Ledger
from wasmcell.widgets.picker import Pick, pick
from wasmcell.widgets.reader import Reader
from wasmcell.widgets.workbench import Workbench

__all__ = ["Form", "Ledger", "Pick", "Reader", "Workbench", "pick"]
