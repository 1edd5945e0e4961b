"""Fixtures for tests of documents."""

import pytest

from tests.pdf.papers import SHARED


@pytest.fixture(autouse=True)
def _needs_corpus(request):
    """Real documents are in the folder `shared` beside the checkout, or in the one that WASMCELL_SHARED names."""
    if request.node.get_closest_marker("corpus") and not SHARED.is_dir():
        pytest.skip(f"there are no documents at {SHARED}: set WASMCELL_SHARED to the folder that holds them")
