"""What the comparisons ran on, in general words: nothing that tells one machine from another of its kind."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

import psutil
from PIL import features

from bench.inputs import CORES


def machine() -> str:
    """Processor, cores, system, Python."""
    cores = f"{CORES} core{'s' * (CORES > 1)}"
    return f"{_processor()}, {cores}, {platform.system()}, CPython {platform.python_version()}"


def load() -> float:
    """How busy the processors are with other work, 0 to 1, over two seconds."""
    return float(psutil.cpu_percent(interval=2)) / 100


def versions() -> dict[str, str]:
    """Of wasmcell and of its peers in Python."""
    libraries = ", ".join(
        f"{name} {features.version(key)}"
        for name, key in (("libjpeg-turbo", "libjpeg_turbo"), ("zlib-ng", "zlib_ng"), ("libwebp", "webp"))
    )
    return {
        "wasmcell": version("wasmcell"),
        "wasmtime": version("wasmtime"),
        "Pillow": f"{version('pillow')} ({libraries})",
        "OpenCV": version("opencv-python-headless"),
        "numpy": version("numpy"),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
