"""Signatures as they were agreed on.

After a change that is meant, renew them with ``python tests/test_golden.py`` and look at the difference.
"""

import inspect
import re
from pathlib import Path

from wasmcell import image, operations
from wasmcell.pipeline import methods

GOLDEN = Path(__file__).parent / "golden" / "image.txt"


def signatures():
    """Every function and method on images that the description gives, and what each output takes."""
    known = operations.of("image").values()
    methods_of_image = dict.fromkeys(one.python_name for one in known if one.kind in ("step", "output"))
    found = {
        "image.open": image.open,
        **{f"image.{name}": function for name, function in methods.functions("image").items()},
        **{f"Image.{name}": getattr(image.Image, name) for name in methods_of_image},
    }
    lines = [f"{name}{inspect.signature(one)}" for name, one in found.items()]
    lines += [f"{one}{one.signature}" for one in known if one.kind in ("decode", "output")]
    # Pythons differ in how they write an optional Literal.
    return re.sub(r"Optional\[(Literal\[[^]]*\])\]", r"\1 | None", "\n".join(lines)) + "\n"


def test_signatures_are_those_agreed_on():
    assert signatures() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(signatures(), encoding="utf-8")
