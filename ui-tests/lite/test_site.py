"""What lies in the built site."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest
from site_server import SITE

import wasmcell
from wasmcell import modules

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "build" / "lite" / "venv" / "bin"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_module_is_there_once():
    found = Counter(sha256(path) for path in SITE.rglob("*") if path.is_file())
    assert [found[modules.get(name).sha256] for name in ("image", "pdf", "pdf-make", "inspect")] == [
        1,
        1,
        1,
        1,
    ]


def test_nothing_in_its_settings_leads_elsewhere():
    for name in ("jupyter-lite.json", "lab/jupyter-lite.json", "static/pyodide/pyodide-lock.json"):
        assert "://" not in (SITE / name).read_text()


def test_what_depends_on_another_finds_it():
    packages = json.loads((SITE / "static" / "pyodide" / "pyodide-lock.json").read_text())["packages"]
    assert {one for package in packages.values() for one in package["depends"]} <= set(packages)
    for package in packages.values():
        assert sha256(SITE / "static" / "pyodide" / package["file_name"]) == package["sha256"]


def test_pythons_wheel_has_no_modules():
    [wheel] = (SITE / "static" / "pyodide").glob("wasmcell-*.whl")
    names = ZipFile(wheel).namelist()
    assert "wasmcell/modules/site.json" in names
    assert [name for name in names if name.endswith(".wasm")] == []


def test_what_was_deleted_from_the_examples_is_not_there():
    examples = ROOT / "examples"
    left = {"demo.py"}
    there = {path.relative_to(SITE / "files") for path in (SITE / "files").rglob("*") if path.is_file()}
    given = {path.relative_to(examples) for path in examples.rglob("*") if path.is_file()}
    assert there == {path for path in given if path.name not in left and "__pycache__" not in path.parts}


def test_its_share_is_small():
    report = (ROOT / "build" / "lite" / "report.txt").read_text()
    [sent] = re.findall(r"sent ([\d.]+) MB: all", report)
    assert 1 < float(sent) <= 6


def test_it_serves_itself():
    command = [sys.executable, str(SITE / "serve.py"), "--no-browser", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = re.search(r"http://\S+", server.stdout.readline())[0]
            for name, kind in {
                "lab/index.html": "text/html",
                "static/pyodide/pyodide.mjs": "text/javascript",
                "static/pyodide/pyodide.asm.wasm": "application/wasm",
                "files/magics.ipynb": "application/json",
            }.items():
                with urllib.request.urlopen(url + name, timeout=30) as answer:
                    assert answer.headers.get_content_type() == kind
                    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        finally:
            server.terminate()


def test_a_copy_that_is_not_whole(tmp_path):
    shutil.copy(SITE / "serve.py", tmp_path)
    command = [sys.executable, str(tmp_path / "serve.py"), "--no-browser", "--port=0"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "policy.txt is missing" in told.stderr


def test_a_port_that_is_taken(tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, str(SITE / "serve.py"), "--no-browser", f"--port={port}"]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert f"Port {port} cannot be had" in told.stderr


@pytest.mark.parametrize("key", ["version", "run"])
def test_the_recipe_is_one_that_pyodide_build_reads(key):
    code = """
import sys
from pathlib import Path
from pyodide_build.recipe.loader import load_all_recipes

recipe = load_all_recipes(Path("tools/lite/recipes"))["wasmcell"]
print({"version": recipe.package.version, "run": sorted(recipe.requirements.run)}[sys.argv[1]])
"""
    told = subprocess.run(
        [TOOLS / "python", "-c", code, key], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout.strip() == {"version": wasmcell.__version__, "run": "['fsspec', 'tqdm']"}[key]
