"""Signatures as they were agreed on.

After a change that is meant, renew them with ``python tests/test_golden.py`` and look at the difference.
"""

import inspect
import re
from pathlib import Path

import pytest

from wasmcell import image, operations, pdf
from wasmcell.pipeline import methods

GOLDEN = Path(__file__).parent / "golden"


def of_image():
    """Every function and method on images that the description gives, and what each output takes."""
    known = operations.of("image").values()
    methods_of_image = dict.fromkeys(one.python_name for one in known if one.kind in ("step", "output"))
    found = {
        "image.open": image.open,
        **{f"image.{name}": function for name, function in methods.functions("image").items()},
        **{f"Image.{name}": getattr(image.Image, name) for name in methods_of_image},
    }
    return [
        *(f"{name}{inspect.signature(one)}" for name, one in found.items()),
        *(f"{one}{one.signature}" for one in known if one.kind in ("decode", "output")),
    ]


def of_pdf():
    """Every function on documents, and the methods of documents and pages."""
    found = {
        "pdf.open": pdf.open,
        **{f"pdf.{name}": function for name, function in methods.functions("pdf").items()},
        **{
            f"{owner.__name__}.{name}": one
            for owner in (pdf.Document, pdf.Page)
            for name, one in inspect.getmembers(owner, inspect.isfunction)
            if not name.startswith("_")
        },
    }
    return [f"{name}{inspect.signature(one)}" for name, one in found.items()]


def of_pdf_make():
    """Every function that makes a document, and what each block takes."""
    found = {f"pdf.{one.__name__}": one for one in (pdf.from_images, pdf.from_text, pdf.from_document)}
    return [
        *(f"{name}{inspect.signature(one)}" for name, one in found.items()),
        *(f"{name}{one.signature}" for name, one in operations.cases("pdf-make", "block").items()),
    ]


SIGNATURES = {"image": of_image, "pdf": of_pdf, "pdf-make": of_pdf_make}


def signatures(module):
    """The signatures of a module, one a line."""
    lines = SIGNATURES[module]()
    # Pythons differ in how they write an optional Literal.
    return re.sub(r"Optional\[(Literal\[[^]]*\])\]", r"\1 | None", "\n".join(lines)) + "\n"


@pytest.mark.parametrize("module", SIGNATURES)
def test_signatures_are_those_agreed_on(module):
    assert signatures(module) == (GOLDEN / f"{module}.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for module in SIGNATURES:
        (GOLDEN / f"{module}.txt").write_text(signatures(module), encoding="utf-8")
