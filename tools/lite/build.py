"""Build the JupyterLite site: `build.py WHEEL PYODIDE WHEELS SCRIPTS OUT`, by what is in `environment.txt`.

The site is static. All that it loads lies in it, under any path; `serve.py` in it serves it on one machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from concurrent.futures import ThreadPoolExecutor
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
#: The module that describes components which people bring; JupyterLab's extension does without.
INSPECT = "wasmcell/modules/inspect.wasm"
BESIDES = "static/wasmcell/inspect.wasm"
#: `%wasm` is loaded when it is first used, so that Python starts no later for it.
IPYTHON = {
    "InteractiveShellApp": {"exec_lines": ["get_ipython().magics_manager.register_lazy('wasm', 'wasmcell')"]}
}
#: The first of January 2026, in seconds.
EPOCH = "1767225600"
#: Where wasmcell's own files lie on a site.
OWN = ("extensions/wasmcell/", "static/wasmcell/", "static/pyodide/wasmcell-")
#: What they may add to it, in bytes after brotli.
MOST = 6_000_000
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
    # What is built twice is the same twice: times in archives and listings are this one.
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    source, made = wheels.with_name("source"), wheels.with_name("made")
    for folder in (source, made, out):
        shutil.rmtree(folder, ignore_errors=True)
    extensions = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"
    modules = list((extensions / "wasmcell" / "static").glob("*.wasm"))
    where = {sha256(one): f"extensions/wasmcell/static/{one.name}" for one in modules}
    where[hashlib.sha256(content(wheel, INSPECT)).hexdigest()] = BESIDES

    place = source / "static" / "pyodide"
    place.mkdir(parents=True)
    for name in PYODIDE:
        shutil.copy(pyodide / name, place)
    for one in (*wheels.glob("*.whl"), *(extensions / KERNEL / "static" / "pypi").glob("*.whl")):
        if not one.name.startswith("widgetsnbextension-3"):
            shutil.copy(one, place)
    slim(wheel, place / wheel.name, where)
    lock(pyodide / "pyodide-lock.json", place)

    shutil.copy(HERE / "overrides.json", source)
    left = shutil.ignore_patterns("demo.py", "__pycache__")
    shutil.copytree(ROOT / "examples", source / "files", ignore=left)
    # In a folder of its own: it sets the times of all that lies beside it, too.
    build = ["lite", "build", f"--lite-dir={source}", f"--output-dir={made / out.name}", "--apps=lab"]
    flags = ["--no-sourcemaps", "--no-unused-shared-packages"]
    # Where it runs it notes what it did, and would not do that again.
    command = [sys.executable, "-m", "jupyter", *build, *flags]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=source)
    (made / out.name).rename(out)

    (out / BESIDES).parent.mkdir()
    (out / BESIDES).write_bytes(content(wheel, INSPECT))
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
    report(out, wheels.with_name("sent.json"))


def sha256(path: Path) -> str:
    """Of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content(wheel: Path, name: str) -> bytes:
    """A file in a wheel."""
    with zipfile.ZipFile(wheel) as given:
        return given.read(name)


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
        made.writestr(
            f"{wheel.name.rsplit('-', 3)[0]}.data/data/etc/ipython/ipython_config.json", json.dumps(IPYTHON)
        )


def lock(given: Path, place: Path) -> None:
    """Write the lock file of the wheels in a folder, and of nothing else."""
    spec = PyodideLockSpec.from_json(given)
    spec.packages = {}
    made = add_wheels_to_spec(spec, sorted(place.glob("*.whl")), base_path=place)
    wanted = {*READY, *(name for one in made.packages.values() for name in one.depends)}
    missing = wanted - set(made.packages)
    if missing:
        raise SystemExit(f"wheels are missing: {', '.join(sorted(missing))}")
    made.to_json(place / "pyodide-lock.json", indent=1)


def configure(path: Path) -> None:
    """Say where the kernel finds what it needs, and that it looks nowhere else."""
    config = json.loads(path.read_text())
    data = config["jupyter-config-data"]
    if not {KERNEL, "wasmcell"} <= {one["name"] for one in data["federated_extensions"]}:
        raise SystemExit(f"{path} lacks extensions: {data['federated_extensions']}")
    data["appName"] = "JupyterLite with wasmcell"
    data["exposeAppInBrowser"] = True  # for src/lite/lab.ts
    data.setdefault("litePluginSettings", {}).setdefault(f"{KERNEL}:kernel", {}).update(
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
    files = sorted(one for one in out.rglob("*") if one.is_file() and one.name != "serve.py")
    files.sort(key=lambda one: "pyodide" not in one.as_posix())
    made = [[one.relative_to(out).as_posix(), sha256(one)[:16]] for one in files]
    size = sum(one.stat().st_size for one in files)
    (out / "files.json").write_text(json.dumps({"bytes": size, "files": made}))


def report(out: Path, known: Path) -> None:
    """Say how large it is: as it lies there, and as servers send it that compress with brotli.

    `known` keeps what was found of files by sha256: it takes long.
    """
    files = [one for one in out.rglob("*") if one.is_file()]
    own = {one: sha256(one) for one in files if one.relative_to(out).as_posix().startswith(OWN)}
    sent = json.loads(known.read_text()) if known.exists() else {}
    news = {digest: one for one, digest in own.items() if digest not in sent}
    with ThreadPoolExecutor() as pool:
        sizes = pool.map(lambda one: len(brotli.compress(one.read_bytes())), news.values())
        sent |= dict(zip(news, sizes, strict=True))
    known.write_text(json.dumps(sent))

    whole = megabytes(sum(one.stat().st_size for one in files))
    print(f"{out}: {len(files)} files, {whole}; of these wasmcell's:")
    for one, digest in sorted(own.items(), key=lambda pair: -sent[pair[1]])[:6]:
        print(f"  {megabytes(one.stat().st_size)}, sent {megabytes(sent[digest])}: {one.relative_to(out)}")
    total = sum(sent[digest] for digest in own.values())
    share = megabytes(sum(one.stat().st_size for one in own))
    print(f"  {share}, sent {megabytes(total)}: all {len(own)} files")
    print(f"To look at it: python {out / 'serve.py'}")
    if total > MOST:
        raise SystemExit(f"wasmcell's share is {total} bytes when sent; {MOST} are allowed")


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1e6:.2f} MB"


if __name__ == "__main__":
    main(*(Path(one).resolve() for one in sys.argv[1:]))
