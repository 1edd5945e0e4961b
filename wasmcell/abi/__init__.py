"""The canonical ABI of the Component Model: how values pass between Python and a module's core functions.

It knows no WebAssembly host; see `wasmcell.engines.core` for what it asks of one.
"""
