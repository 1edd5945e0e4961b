"""The same extension in Jupyter Notebook 7, and its settings in JupyterLab."""

from __future__ import annotations

import json
import re
import urllib.request

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

pytestmark = pytest.mark.ui


def test_converts_in_notebook_7(page, jupyter, folder):
    Pillow.fromarray(np.zeros((20, 30, 3), np.uint8)).save(folder / "photo.png")
    page.goto(jupyter.address(f"tree/{folder.name}"))
    page.locator(".jp-DirListing-item", has_text="photo.png").click(button="right")
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Image$")).hover()
    page.locator(".lm-Menu-itemLabel", has_text="Convert…").click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator(".jp-toast-message", has_text="photo.webp saved")).to_be_visible()
    with Pillow.open(folder / "photo.webp") as result:
        assert (result.format, result.size) == ("WEBP", (30, 20))
    assert jupyter.ask("api/kernels") == []


def test_shows_the_panel_in_notebook_7(page, jupyter, folder):
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "empty.ipynb").write_text(json.dumps(notebook))
    page.goto(jupyter.address(f"notebooks/{folder.name}/empty.ipynb"))
    cancel = page.locator(".jp-Dialog .jp-mod-reject")  # it asks which kernel, for none is named
    cancel.or_(page.locator(".jp-Dialog button").first).first.click()
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("wasmcell: show ledger")
    page.keyboard.press("Enter")
    expect(page.locator("#wasmcell-panel")).to_contain_text("Nothing has crossed yet.")


def test_limits_are_settings(page, jupyter, folder):
    Pillow.fromarray(np.zeros((2000, 3000, 3), np.uint8)).save(folder / "photo.png")
    address = f"{jupyter.url}lab/api/settings/wasmcell:bridge"
    headers = {"Authorization": f"token {jupyter.token}"}

    def put(settings):
        body = json.dumps({"raw": json.dumps(settings)}).encode()
        urllib.request.urlopen(urllib.request.Request(address, body, headers, method="PUT"), timeout=30)

    put({"memory": 16})
    try:
        page.goto(jupyter.address(f"lab/tree/{folder.name}"))
        page.locator(".jp-DirListing-item", has_text="photo.png").click()
        page.wait_for_function("jupyterapp.commands.isEnabled('wasmcell:convert')")
        page.evaluate("() => void jupyterapp.commands.execute('wasmcell:convert')")
        page.locator(".jp-Dialog .jp-mod-accept").click()
        message = page.locator(".jp-toast-message", has_text="photo.png:")
        expect(message).to_contain_text("of memory could not be had")
    finally:
        put({})
    assert [path.name for path in folder.iterdir()] == ["photo.png"]
