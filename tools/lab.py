"""Open JupyterLab on a copy of the examples, so that nothing that is saved there changes the repository.

Arguments go to JupyterLab. What is in the copy already stays as it is.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
COPY = ROOT / "build" / "lab"

for source in EXAMPLES.rglob("*"):
    target = COPY / source.relative_to(EXAMPLES)
    if source.is_file() and source.suffix != ".pyc" and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

print(f"  {COPY} is a copy of examples/; delete it for a fresh one", flush=True)
# Nothing is asked of the network, nor of the person whether it may: neither news nor updates.
settings = ROOT / "build" / "lab-settings"
notification = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
notification.parent.mkdir(parents=True, exist_ok=True)
if not notification.exists():
    notification.write_text('{"fetchNews": "false", "checkForUpdates": false}')
os.environ.setdefault("JUPYTERLAB_SETTINGS_DIR", str(settings))

root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
arguments = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={COPY}", *root]
os.execv(sys.executable, [*arguments, *sys.argv[1:]])
