"""Private files and widgets on the site: what holds in every host, while a cell waits, too."""

from __future__ import annotations

import pytest
from test_hosts import (  # noqa: F401
    PHOTO,
    test_a_form_for_both_ends,
    test_a_private_file,
    test_a_private_picture,
    test_a_workbench_for_both_ends,
    test_consent,
    test_the_ledger,
)


@pytest.fixture(scope="module")
def host(opened):
    """A notebook in which a photograph is chosen."""
    host = opened()
    host.run("import hashlib, wasmcell; from wasmcell import image, widgets; f = wasmcell.pick()")
    host.pick(PHOTO)
    host.run("p, = f.files")
    return host


def test_the_channel_is_not_saved(host):
    """Other notebooks could read its name, and listen."""
    saved = host.page.evaluate("""
      async () => {
        const settings = '@jupyter-widgets/jupyterlab-manager:saveWidgetState';
        await jupyterapp.commands.execute(settings);
        await panel.context.save();
        await jupyterapp.commands.execute(settings);
        return JSON.stringify(panel.content.model.toJSON().metadata.widgets ?? '');
      }
    """)
    name = host.run("f.channel").strip("'")
    assert name.startswith("wasmcell-")
    assert "channel" in saved
    assert name not in saved
