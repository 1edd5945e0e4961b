"""Modules of a site that has them once: the page's extension and Pyodide find them at the same address.

A wheel for such a site holds the modules' descriptions without their bytes, and `site.json` beside this
file, which names their addresses by sha256, relative to the site's base: the environment variable
WASMCELL_SITE, or what stands before `/extensions/` in the address of JupyterLite's worker.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Final

from wasmcell.errors import ModuleError

ADDRESSES: Final = Path(__file__).with_name("site.json")
_EXTENSIONS: Final = "/extensions/"


@cache
def addresses() -> dict[str, str]:
    """Where modules are, by sha256; none unless this is a wheel for a site."""
    try:
        return dict(json.loads(ADDRESSES.read_bytes()))
    except FileNotFoundError:
        return {}


def fetch(name: str, sha256: str) -> bytes:
    """The bytes of a module. Raises ModuleError if the site does not have it, or has another."""
    import js  # type: ignore[import-not-found]
    from pyodide.ffi import JsException  # type: ignore[import-not-found]

    where = f"Module {name} is not on this site"
    if sha256 not in addresses():
        raise ModuleError(
            f"{where}: {ADDRESSES} has no address for it (sha256 {sha256}). Build the site again."
        )
    url = js.URL.new(addresses()[sha256], _base()).href
    request = js.XMLHttpRequest.new()
    try:
        request.open("GET", url, False)  # waits, as workers may
        request.responseType = "arraybuffer"
        request.send()
    except JsException as error:
        raise ModuleError(
            f"{where}: {url} cannot be read ({error.message}). Is the site's server there?"
        ) from None
    if request.status != 200:
        raise ModuleError(
            f"{where}: {url} answers {request.status} {request.statusText}. Build the site again."
        )
    array = js.Uint8Array.new(request.response)
    data = bytearray(array.length)
    array.assign_to(data)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ModuleError(
            f"{url} is not the module {name} of this wasmcell: its sha256 is {found}, not {sha256}. "
            f"Build the site again, or reload the page if it was just renewed."
        )
    return bytes(data)


def _base() -> str:
    import js

    told = os.environ.get("WASMCELL_SITE")
    if told:
        return told
    here = str(js.location.href) if hasattr(js, "location") else ""
    base, found, _ = here.rpartition(_EXTENSIONS)
    if not found:
        raise ModuleError(
            f"The site that has the modules cannot be told from this worker's address ({here or 'none'}): "
            f"set the environment variable WASMCELL_SITE to the site's."
        )
    return f"{base}/"
