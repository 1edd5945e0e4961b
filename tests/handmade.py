"""Modules written by hand: a core module in the text format, and a description of a few lines."""

from __future__ import annotations

import hashlib
from typing import Any

import wasmtime

from wasmcell.modules import Module
from wasmcell.modules.description import parse

#: A core module's memory and a realloc that hands out memory from 1024 on, 8 bytes aligned.
MEMORY = """
  (memory (export "memory") 1 4)
  (global $next (mut i32) (i32.const 1024))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.get $next)
    (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 7)) (i32.const -8))))
"""


def module(
    wat: str, functions: dict[str, dict[str, Any]], types: tuple[dict[str, Any], ...] = (), **core: Any
) -> Module:
    """A module of one core module. Functions are {name: {"params": [types], "result": type}}, each exported by
    the core module under its own name."""
    wasm = bytes(wasmtime.wat2wasm(wat))
    item = {name: {"instance": 0, "export": name} for name in ("memory", "realloc")}
    described = [
        {
            "name": name,
            "docs": "",
            "params": [
                {"name": f"p{i}", "type": t, "docs": ""} for i, t in enumerate(function.get("params", []))
            ],
            "result": function.get("result"),
            "core": {
                "function": {"instance": 0, "export": name},
                "memory": item["memory"] if "memory" in wat else None,
                "realloc": item["realloc"] if "realloc" in wat else None,
                "post-return": {"instance": 0, "export": f"post-{name}"} if f"post-{name}" in wat else None,
            },
        }
        for name, function in functions.items()
    ]
    description = {
        "wasmcell": 1,
        "module": "handmade",
        "package": "test:handmade",
        "version": "0.1.0",
        "docs": "",
        "types": [{"name": None, "interface": None, "docs": "", **t} for t in types],
        "interfaces": [{"name": "test:handmade/all@0.1.0", "docs": "", "functions": described}],
        "core": {
            "modules": [{"offset": 0, "size": len(wasm), "sha256": hashlib.sha256(wasm).hexdigest()}],
            "instances": [{"module": 0, "imports": []}],
            "resources": [],
            **core,
        },
    }
    return Module(parse(description), data=wasm)
