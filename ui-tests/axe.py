"""What axe, which looks for what keeps people out, finds wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

_AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def violations(place: Page | Frame, context: object) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is wrong in a part (axe's `context`) of a page or frame: each rule with elements and reasons."""
    place.evaluate(_AXE.read_text())
    found = place.evaluate("context => axe.run(context)", context)
    assert found["passes"]
    return [
        (
            one["id"],
            [(node["html"], node["any"][0]["message"] if node["any"] else "") for node in one["nodes"]],
        )
        for one in found["violations"]
    ]
