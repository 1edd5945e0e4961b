"""Signatures as they were agreed on.

After a change that is meant, renew them with ``python tests/test_golden.py`` and look at the difference.
"""

import inspect
from pathlib import Path

from wasmcell import image, operations
from wasmcell.pipeline import methods

GOLDEN = Path(__file__).parent / "golden" / "image.txt"


def signatures():
    """Every function and method on images that the description gives, a line each."""
    found = [f"image.open{inspect.signature(image.open)}"]
    found += [f"image.{name}{inspect.signature(one)}" for name, one in methods.functions("image").items()]
    names = dict.fromkeys(
        operation.python_name
        for operation in operations.of("image").values()
        if operation.kind in ("step", "output")
    )
    found += [f"Image.{name}{inspect.signature(getattr(image.Image, name))}" for name in names]
    found += [f"{operation}{operation.signature}" for operation in operations.of("image").values()]
    return "\n".join(found) + "\n"


def test_signatures_are_those_agreed_on():
    assert signatures() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(signatures(), encoding="utf-8")
