"""Build the JupyterLite site: `build.py WHEEL PYODIDE WHEELS SCRIPTS OUT`, in the environment of `environment.txt`.

The site is static. All that it loads lies in it, under any path; `serve.py` in it serves it on one machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import brotli
from pyodide_lock import PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec
from wheel.wheelfile import WheelFile

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: The kernel that runs Python in the page.
KERNEL = "@jupyterlite/pyodide-kernel-extension"
#: What the kernel loads before the first cell; what they depend on comes along.
READY = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", "wasmcell")
#: Of Pyodide's package, what runs.
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
#: What JupyterLite's archive has besides.
UNUSED = ("package.json", "rspack.config.js", "rspack.config.analyze.js", "rspack.config.watch.js")
#: What the page may do: nothing but what comes from its own site. Styles are made in the page by JupyterLab.
POLICY = {
    "default-src": "'none'",
    # JupyterLab compiles its settings' schemas (eval); widgets are modules from blobs.
    "script-src": "'self' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def main(wheel: Path, pyodide: Path, wheels: Path, scripts: Path, out: Path) -> None:
    """Build the site."""
    source = wheels.with_name("source")
    for folder in (source, out):
        shutil.rmtree(folder, ignore_errors=True)
    extensions = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"
    modules = list((extensions / "wasmcell" / "static").glob("*.wasm"))
    where = {sha256(one): f"extensions/wasmcell/static/{one.name}" for one in modules}

    place = source / "static" / "pyodide"
    place.mkdir(parents=True)
    for name in PYODIDE:
        shutil.copy(pyodide / name, place)
    for one in (*wheels.glob("*.whl"), *(extensions / KERNEL / "static" / "pypi").glob("*.whl")):
        if not one.name.startswith("widgetsnbextension-3"):
            shutil.copy(one, place)
    slim(wheel, place / wheel.name, where)
    lock(pyodide / "pyodide-lock.json", place)

    shutil.copy(HERE / "jupyter-lite.json", source)
    shutil.copy(HERE / "overrides.json", source)
    shutil.copytree(ROOT / "examples", source / "files", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    build = ["lite", "build", f"--lite-dir={source}", f"--output-dir={out}", "--apps=lab"]
    flags = ["--no-sourcemaps", "--no-unused-shared-packages"]
    subprocess.run([sys.executable, "-m", "jupyter", *build, *flags], check=True, stdout=subprocess.DEVNULL)

    for name in UNUSED:
        (out / name).unlink()
    configure(out / "jupyter-lite.json")
    (out / "service-worker.js").rename(out / "jupyterlite-service-worker.js")
    for one in (*scripts.iterdir(), HERE / "serve.py"):
        shutil.copy(one, out)
    pages = list(out.rglob("*.html"))
    (out / "policy.txt").write_text(policy(*(inline(page.read_text()) for page in pages)))
    for page in pages:
        seal(page, out)
    listing(out)
    report(out, where.values())


def sha256(path: Path) -> str:
    """Of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def slim(wheel: Path, out: Path, where: dict[str, str]) -> None:
    """Write wasmcell's wheel without what the site has elsewhere, and with where that is."""
    left = re.compile(
        r"wasmcell/modules/.*\.(wasm|pyi)$|wasmcell/static/(node.*|page|bridge)\.m?js$|[^/]*\.data/|.*/RECORD$"
    )
    with zipfile.ZipFile(wheel) as given, WheelFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in given.infolist():
            if not left.match(one.filename):
                made.writestr(one, given.read(one))
        made.writestr("wasmcell/modules/site.json", json.dumps(where))


def lock(given: Path, place: Path) -> None:
    """Write the lock file of the wheels in a folder, and of nothing else."""
    spec = PyodideLockSpec.from_json(given)
    spec.packages = {}
    made = add_wheels_to_spec(spec, sorted(place.glob("*.whl")), base_path=place)
    made.to_json(place / "pyodide-lock.json", indent=1)


def configure(path: Path) -> None:
    """Say where the kernel finds what it needs, and that it looks nowhere else."""
    config = json.loads(path.read_text())
    settings = config["jupyter-config-data"].setdefault("litePluginSettings", {})
    settings.setdefault(f"{KERNEL}:kernel", {}).update(
        pyodideUrl="./static/pyodide/pyodide.mjs",
        disablePyPIFallback=True,
        loadPyodideOptions={"packages": list(READY)},
    )
    path.write_text(json.dumps(config, indent=1))


def inline(page: str) -> list[str]:
    """The hashes of a page's own scripts, as policies have them."""
    scripts = re.findall(
        r"<script(?![^>]*\b(?:src=|type=\"application/json))[^>]*>(.*?)</script>", page, re.DOTALL
    )
    return [f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts]


def policy(*hashes: list[str]) -> str:
    """The policy of pages with such scripts."""
    also = sorted({one for page in hashes for one in page})
    parts = POLICY | {"script-src": " ".join([POLICY["script-src"], *also])}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def seal(path: Path, out: Path) -> None:
    """Give a page its policy, and the script that keeps the site and says what it lacks."""
    page = path.read_text()
    root = "../" * (len(path.relative_to(out).parts) - 1)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(inline(page))}">'
    script = f'<script type="module" src="{root or "./"}offline.js"></script>'
    path.write_text(page.replace("<head>", f"<head>\n    {meta}\n    {script}", 1))


def listing(out: Path) -> None:
    """Write what is to be kept for use offline: first what Python starts with, for that is missed first."""
    files = sorted(
        one for one in out.rglob("*") if one.is_file() and one.name not in ("serve.py", "policy.txt")
    )
    files.sort(key=lambda one: "pyodide" not in one.as_posix())
    made = [[one.relative_to(out).as_posix(), sha256(one)[:16]] for one in files]
    size = sum(one.stat().st_size for one in files)
    (out / "files.json").write_text(json.dumps({"bytes": size, "files": made}))


def report(out: Path, modules: object) -> None:
    """Say how large it is."""
    files = [one for one in out.rglob("*") if one.is_file()]
    print(f"{len(files)} files, {sum(one.stat().st_size for one in files) / 1e6:.1f} MB in {out}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
