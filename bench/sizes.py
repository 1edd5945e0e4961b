"""How large what people load is, beside what the peers load."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.inputs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PEERS = ROOT / "bench/node_modules"
#: Node has brotli, which Python has not.
BROTLI = "process.stdout.write(String(zlib.brotliCompressSync(fs.readFileSync(process.argv[1])).length))"


@dataclass(frozen=True)
class Size:
    """Of files that belong together, in bytes; None where already packed, and for brotli without Node."""

    name: str
    raw: int
    gzip: int | None = None
    brotli: int | None = None


def sizes() -> list[Size]:
    """Of wasmcell's module and scripts, of the wheel if it is built, and of the peers' WebAssembly."""
    built = [ROOT / "wasmcell/modules/image.wasm"]
    scripts = [ROOT / "wasmcell/static" / name for name in ("bridge.js", "worker.js", "vault-frame.js")]
    found = [
        _size("wasmcell: image.wasm, all formats and operations", built),
        _size("wasmcell: scripts of the page", scripts),
        *(
            Size(f"wasmcell: {path.name}", path.stat().st_size)
            for path in sorted((ROOT / "dist").glob("*.whl"))
        ),
        _size("jSquash: jpeg, png, webp, resize", [*_jsquash()]),
        _size("Photon", [PEERS / "@silvia-odwyer/photon/photon_rs_bg.wasm"]),
        _size("wasm-vips, without its dynamic libraries", [PEERS / "wasm-vips/lib/vips.wasm"]),
        _size("pica, script with inlined WebAssembly", [PEERS / "pica/dist/pica.min.mjs"]),
    ]
    return [size for size in found if size.raw]


def _jsquash() -> list[Path]:
    left_out = ("hqx", "magic_kernel", "webp_enc.wasm")
    paths = sorted((PEERS / "@jsquash").rglob("*.wasm"))
    return [path for path in paths if not any(part in path.name for part in left_out)]


def _size(name: str, paths: list[Path]) -> Size:
    paths = [path for path in paths if path.is_file()]
    node = shutil.which("node")
    raw = sum(path.stat().st_size for path in paths)
    return Size(
        name,
        raw,
        sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths),
        sum(_brotli(node, path) for path in paths) if node else None,
    )


def _brotli(node: str, path: Path) -> int:
    done = subprocess.run([node, "-e", BROTLI, str(path)], check=True, capture_output=True, text=True)
    return int(done.stdout)
