"""The panel and the item in the status bar: what runs, what is loaded, what has crossed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import expect
from test_files import begin_long_work, photo

MODULES = Path(__file__).parents[2] / "wasmcell" / "modules"


@pytest.fixture
def panel(files):
    return opened(files)


def opened(files):
    """The panel, open."""
    files.run("wasmcell:show-panel")
    panel = files.page.locator("#wasmcell-panel")
    expect(panel).to_be_visible()
    return panel


def section(panel, name):
    return panel.get_by_role("region", name=f"{name} Section", exact=True)


def cells(row):
    return [text.strip() for text in row.locator("td").all_inner_texts()]


def convert(files, *names):
    files.choose("Convert…", *names)
    files.accept.click()


def test_starts_nothing_by_itself(files):
    files.page.reload()
    files.page.wait_for_selector(".jp-DirListing-content", timeout=60_000)
    panel = opened(files)
    expect(section(panel, "Jobs")).to_contain_text("Nothing has run yet.")
    expect(section(panel, "Workers and Memory")).to_contain_text("Nothing has started")
    expect(section(panel, "Modules").locator("tbody tr")).to_contain_text(["not loaded"] * 3)
    assert files.page.locator(".wasmcell-Status").count() == 0
    assert files.page.locator("iframe").count() == 0


@pytest.mark.isolated
def test_shows_what_ran(files, panel):
    source = photo(files.folder / "photo.png")
    files.show()
    convert(files, "photo.png")
    files.says("photo.webp saved")
    row = section(panel, "Jobs").locator("tbody tr").first
    expect(row).to_have_attribute("data-state", "done")
    result = files.folder / "photo.webp"
    what, state, where, given, got = cells(row)
    assert re.split(r"\s*\n\s*", what) == ["image run", "webp"]
    assert re.fullmatch(r"[\d.]+ m?s\s+done", state)
    # Both are far below 1000 bytes.
    assert (where, given, got) == ("vault", f"{source.stat().st_size} B", f"{result.stat().st_size} B")

    image = json.loads((MODULES / "image.json").read_text())
    modules = section(panel, "Modules").locator("tbody tr", has_text=re.compile("^image"))
    expect(modules).to_contain_text("compiled")
    assert cells(modules)[:3] == ["image", image["version"], image["sha256"][:8]]
    workers = section(panel, "Workers and Memory")
    expect(workers).to_contain_text("The vault")
    expect(workers).to_contain_text("2048 MiB of memory, 300 s")
    expect(workers).to_contain_text(re.compile(r"0 at work, [1-9] idle, of at most \d"))


@pytest.mark.isolated
def test_the_ledger_is_live_and_can_be_copied(files, panel):
    source = photo(files.folder / "photo.png")
    files.show()
    files.run("wasmcell:show-ledger")
    ledger = section(panel, "Ledger")
    rows = ledger.locator("tbody tr")
    expect(ledger.get_by_role("group", name="Crossings")).to_be_focused()
    before = rows.count()
    convert(files, "photo.png")
    files.says("photo.webp saved")
    expect(rows).to_have_count(before + 2)
    size = (files.folder / "photo.webp").stat().st_size
    assert [cells(rows.nth(before + i))[1:] for i in (0, 1)] == [
        ["page", "vault", "image run", f"{source.stat().st_size} B"],
        ["vault", "page", "image run", f"{size} B"],
    ]
    expect(ledger).to_contain_text("To the kernel: 0 B.")
    item = files.page.locator(".wasmcell-Status button")
    item.hover()
    expect(item).to_have_attribute("title", f"Last crossing: vault → page, image run, {size} B")

    files.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_title("Copy the ledger as JSON").click()
    copied = json.loads(files.page.evaluate("navigator.clipboard.readText()"))
    assert copied == files.page.evaluate(
        "globalThis[Symbol.for('wasmcell.bridge')].bridge().then(bridge => bridge.ledger.crossings)"
    )
    assert copied[-1]["bytes"] == size


def test_a_job_can_be_cancelled(files, panel):
    begin_long_work(files)
    jobs = section(panel, "Jobs")
    running = jobs.locator("tr[data-state=running]", has_text="resize")
    expect(running).to_be_visible()
    item = files.page.locator(".wasmcell-Status button")
    expect(item).to_have_accessible_name("wasmcell: 1 running")
    expect(item).to_have_text("1")
    running.get_by_role("button", name="Cancel image run").click()
    expect(jobs.locator("tbody tr").first).to_have_attribute("data-state", "cancelled")
    expect(item).to_have_accessible_name("wasmcell: no job is running")
    expect(jobs.get_by_role("status")).to_have_text("No job is running. Last: image run, cancelled")
    files.says("Cancelled: 0 of 1 files are done.")
    assert files.names == {"big.png"}


def test_it_rests_while_it_is_hidden(files, panel):
    shared = "globalThis[Symbol.for('wasmcell.bridge')].bridge()"
    files.page.evaluate(f"""{shared}.then(bridge => {{
        const status = bridge.status.bind(bridge);
        globalThis.asked = 0;
        bridge.status = () => {{ asked++; return status(); }};
    }})""")
    asked = "globalThis.asked"
    files.page.wait_for_function(f"{asked} > 1")
    files.run("application:toggle-right-area")
    expect(panel).to_be_hidden()
    count = files.page.evaluate(asked)
    jobs = panel.locator(".wasmcell-jobs tbody tr")
    drawn = jobs.count()
    files.page.evaluate(
        f"{shared}.then(bridge => bridge.call('image', 'probe', [new Uint8Array(3)])).catch(() => 0)"
    )
    files.page.wait_for_timeout(1500)
    assert (files.page.evaluate(asked), jobs.count()) == (count, drawn)
    # The item of the status bar opens it, and it has caught up.
    files.page.locator(".wasmcell-Status button").click()
    expect(panel).to_be_visible()
    expect(jobs).to_have_count(drawn + 1)
    expect(jobs.first).to_have_attribute("data-state", "failed")
    expect(jobs.first).to_contain_text("image probe")


@pytest.mark.ui
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_is_accessible(files, panel, theme):
    files.run("apputils:change-theme", {"theme": theme})
    expect(files.page.locator(f"body[data-jp-theme-name='{theme}']")).to_be_attached()
    # What goes to the kernel stands out.
    files.page.evaluate(
        "globalThis[Symbol.for('wasmcell.bridge')].bridge()"
        ".then(bridge => bridge.ledger.record('page', 'kernel', 'photo.png', 7))"
    )
    expect(section(panel, "Ledger").locator("tr.out").last).to_be_visible()
    # The sections' heads are JupyterLab's own.
    assert violations(files.page, {"include": [".wasmcell-Panel-section", ".wasmcell-Status"]}) == []
    files.run("apputils:change-theme", {"theme": "JupyterLab Light"})
