"""What the page is told of a module, to make forms of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmcell.errors import ModuleError
from wasmcell.modules.embedded import embedded

if TYPE_CHECKING:
    from wasmcell.modules import Module


def described(module: Module) -> dict[str, Any]:
    """The part of a module's description that forms are made of. Raises ModuleError if it carries none."""
    description = embedded(module.bytes)
    if description is None:
        raise ModuleError(f"Module {module.name} carries no description, of which a form could be made.")
    interfaces = [
        {
            "name": interface["name"],
            "functions": [
                {key: function[key] for key in ("name", "docs", "params")}
                for function in interface["functions"]
            ],
        }
        for interface in description["interfaces"]
    ]
    return {key: description[key] for key in ("module", "version", "types")} | {"interfaces": interfaces}
