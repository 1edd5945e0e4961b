"""What lies in the built site."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from site_server import SITE

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
    assert told.stdout.strip() == {"version": "0.1.0", "run": "['fsspec', 'tqdm']"}[key]
