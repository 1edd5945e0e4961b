"""What a call costs beside its work, and what a start costs."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from io import BytesIO
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from bench.measure import Case, Peer, Within, peer, timed
from wasmcell import engines, image, modules
from wasmcell.abi.values import Case as Variant

if TYPE_CHECKING:
    from pathlib import Path

FIRST_CALL = """
from time import perf_counter
from wasmcell import image
data = open({path!r}, "rb").read()
start = perf_counter()
image.open(data).flip("horizontal").encode("png").bytes()
print(perf_counter() - start)
"""
FIRST_CALL_PILLOW = """
from time import perf_counter
from io import BytesIO
from PIL import Image
data = open({path!r}, "rb").read()
start = perf_counter()
Image.open(BytesIO(data)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(BytesIO(), "PNG")
print(perf_counter() - start)
"""
IMPORT = """
from time import perf_counter
start = perf_counter()
import {module}
print(perf_counter() - start)
"""


def cases(folder: Path) -> list[Case]:
    """All cases; `folder` is for files, compiled modules among them, and belongs to the run."""
    # New processes find Python's byte code, which installers leave beside the sources.
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return [_call_raster(), _call_file(), _import(), _first_call(folder), _process()]


def _call_raster() -> Case:
    array = np.arange(16, dtype=np.uint8).reshape(2, 2, 4)
    picture = Image.fromarray(array)
    raster = {"width": 2, "height": 2, "format": "rgba8", "pixels": array}
    args: tuple[Any, ...] = (
        "run-raster",
        Variant("raster", raster),
        {},
        [Variant("flip", {"axis": "horizontal"})],
        None,
    )
    return Case(
        "a call that flips a raster of 2 × 2 pixels",
        (
            *_calls(args),
            peer("wasmcell, Python API", lambda: image.open(array).flip("horizontal").numpy(), number=50),
            peer(
                "Pillow",
                lambda: np.asarray(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
                "the work is nothing: this is a plain call of C from Python",
                number=50,
            ),
        ),
        goals=(Within(60e-6, "wasmcell, kept instance"), Within(200e-6, "wasmcell, fresh instance")),
        like=array[:, ::-1],
        floor=60,
    )


def _call_file() -> Case:
    data = _tiny_png()

    def pillow() -> bytes:
        file = BytesIO()
        Image.open(BytesIO(data)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(file, "PNG")
        return file.getvalue()

    args: tuple[Any, ...] = ("run", data, {}, [Variant("flip", {"axis": "horizontal"})], Variant("png", {}))
    return Case(
        "a call that decodes a PNG of 2 × 2 pixels, flips it and encodes it",
        (
            *_calls(args),
            peer(
                "wasmcell, Python API",
                lambda: image.open(data).flip("horizontal").encode("png").bytes(),
                number=50,
            ),
            peer("Pillow", pillow, number=50),
        ),
    )


def _calls(args: tuple[Any, ...]) -> tuple[Peer, Peer]:
    engine, module = engines.get("kernel"), modules.get("image")
    session = engine.session(module)

    def kept() -> Any:
        return _plain(session.call(*args))

    def fresh() -> Any:
        return _plain(engine.call(module, *args))

    return (
        Peer("wasmcell, kept instance", timed(lambda: session.call(*args), 50), kept),
        Peer("wasmcell, fresh instance", timed(lambda: engine.call(module, *args), 50), fresh),
    )


def _plain(answer: Any) -> Any:
    """A file as it is, a raster as an array."""
    if isinstance(answer, bytes):
        return answer
    raster = answer.payload
    return np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, -1)


def _import() -> Case:
    def importing(module: str) -> Peer:
        return Peer(f"import {module}", partial(_said, IMPORT.format(module=module)))

    names = ("wasmcell", "wasmcell.image", "PIL.Image", "numpy", "cv2")
    return Case(
        "import, in a new process",
        tuple(map(importing, names)),
        goals=(Within(0.15, "import wasmcell"),),
    )


def _first_call(folder: Path) -> Case:
    tiny = folder / "tiny.png"
    tiny.write_bytes(_tiny_png())
    script, pillow = FIRST_CALL.format(path=str(tiny)), FIRST_CALL_PILLOW.format(path=str(tiny))
    numbers = count()

    def warm() -> float:
        return _said(script, cache=folder / "warm")

    def cold() -> float:
        return _said(script, cache=folder / f"cold{next(numbers)}")

    return Case(
        "first call in a new process, after the imports",
        (
            Peer("wasmcell, compiled before", warm),
            Peer("wasmcell, compiled now", cold, note="once on each machine"),
            Peer("Pillow", partial(_said, pillow)),
        ),
        goals=(Within(0.06, "wasmcell, compiled before"),),
        rounds=5,
    )


def _process() -> Case:
    def wall(code: str) -> float:
        start = perf_counter()
        _python(code)
        return perf_counter() - start

    return Case(
        "a process from start to end",
        (
            Peer("import wasmcell", partial(wall, "import wasmcell")),
            Peer("python alone", partial(wall, "pass")),
            Peer("import PIL.Image", partial(wall, "import PIL.Image")),
        ),
    )


def _said(script: str, cache: Path | None = None) -> float:
    """The seconds that a script in a process of its own prints."""
    return float(_python(script, cache))


def _python(script: str, cache: Path | None = None) -> str:
    environment = os.environ | ({"WASMCELL_CACHE_DIR": str(cache)} if cache else {})
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"a new process failed:\n{done.stderr}")
    return done.stdout


def _tiny_png() -> bytes:
    file = BytesIO()
    Image.fromarray(np.arange(16, dtype=np.uint8).reshape(2, 2, 4)).save(file, "PNG")
    return file.getvalue()
