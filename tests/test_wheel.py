"""The wheel, where there is nothing else: no checkout, no compiler, no Node."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from wasmcell.pipeline import Pipeline
from wasmcell.pipeline.run import run

REPOSITORY = Path(__file__).parents[1]


def command(*arguments, **options):
    """What a command says; it must succeed."""
    done = subprocess.run(
        [str(one) for one in arguments], capture_output=True, text=True, timeout=300, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel():
    """The wheel of this checkout, as it is released."""
    command("make", "wheel", cwd=REPOSITORY)
    return max((REPOSITORY / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="module")
def wasmcell(wheel, tmp_path_factory):
    """The command that the wheel installs, in an environment with nothing but what the wheel asks for."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name == "posix")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python")]
    constraints = ["--constraint", str(REPOSITORY / "constraints.txt")]
    done = subprocess.run(
        [*pip, "install", "--quiet", *constraints, str(wheel)], capture_output=True, text=True, check=False
    )
    if "connection broken" in done.stderr and done.returncode and not os.environ.get("CI"):
        pytest.skip(f"no package registry can be reached: {done.stderr.splitlines()[0]}")
    assert done.returncode == 0, done.stderr

    def call(*arguments):
        empty = folder / "empty"
        empty.mkdir(exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        # Its own home: what others have compiled and cached is not there either.
        home = {name: str(folder) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME")}
        return command(
            scripts / "wasmcell", *arguments, cwd=folder, env={**inherited, **home, "PATH": str(empty)}
        )

    call.folder = folder
    return call


def test_one_wheel_for_all_has_what_is_needed(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        worker = archive.read("wasmcell/static/worker.js")
    modules = {f"wasmcell/modules/image.{kind}" for kind in ("wasm", "json", "pyi")}
    assert modules | {"wasmcell/static/worker.js"} <= names
    assert any(name.endswith("/THIRD_PARTY_LICENSES.txt") for name in names)
    # The tests' own module does not ship.
    assert not [name for name in names if "echo" in name]
    assert b"wasmcell:image" in worker
    assert b"wasmcell:echo" not in worker


def test_it_carries_the_extension_for_jupyterlab_once(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [folder] = {name.split(".data/")[0] for name in names if ".data/" in name}
        extension = f"{folder}.data/data/share/jupyter/labextensions/wasmcell/"
        described = json.loads(archive.read(f"{extension}package.json"))
        entry = described["jupyterlab"]["_build"]["load"]
        assert {f"{extension}install.json", f"{extension}{entry}"} <= set(names)
        # Two copies: Python imports one from the package, Jupyter serves the other as a static file. A wheel
        # knows no links, and one that only a server's plugin could serve would be missing in JupyterLite.
        modules = [name for name in names if re.search(r"/image(\.\w+)?\.wasm$", name)]
        assert len(modules) == 2
        assert len({hashlib.sha256(archive.read(name)).digest() for name in modules}) == 1
    assert not [name for name in names if name.endswith(".wasm") and "inspect" in name and "labext" in name]


def test_it_runs_alone_and_gives_the_same_bytes(wasmcell):
    x, y = np.meshgrid(np.arange(200), np.arange(120))
    pixels = np.stack([x, 2 * y, x + y], axis=-1).astype(np.uint8)
    Pillow.fromarray(pixels).save(wasmcell.folder / "photo.jpg", quality=90)
    wasmcell("run", "photo.jpg | image.resize width=64 > small.webp")
    small = (wasmcell.folder / "small.webp").read_bytes()
    with Pillow.open(io.BytesIO(small)) as opened:
        opened.load()
        assert (opened.format, opened.size) == ("WEBP", (64, 38))  # 120 × 64 / 200 = 38.4
    here = run(Pipeline.parse("| image.resize width=64 > small.webp"), wasmcell.folder / "photo.jpg").bytes
    assert hashlib.sha256(small).hexdigest() == hashlib.sha256(here).hexdigest()


def test_it_says_which_engines_there_are(wasmcell):
    engines = dict(line.split(maxsplit=1) for line in wasmcell("engines").splitlines())
    assert engines["kernel"] == "available"
    assert engines["node"].startswith("not available: ")
