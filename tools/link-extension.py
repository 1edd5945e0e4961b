"""Let this environment's JupyterLab find the extension where it is built, so that a build is all it takes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

BUILT = Path(__file__).parents[1] / "build" / "labextension"
PLACE = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "wasmcell"

if not PLACE.exists() or not PLACE.samefile(BUILT):
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    if PLACE.is_dir() and not PLACE.is_symlink():
        shutil.rmtree(PLACE)  # what `pip install --editable` has copied
    PLACE.unlink(missing_ok=True)
    PLACE.symlink_to(BUILT, target_is_directory=True)
