"""Commands on files in the site's file browser, as on a server's; the files are in the browser."""

from __future__ import annotations

import base64
import re

import pytest
from conftest import open_lab
from file_browser import Files
from test_files import (  # noqa: F401
    test_applies_any_operation,
    test_asks_before_it_overwrites,
    test_by_palette_and_keyboard,
    test_one_that_is_corrupt_does_not_hinder_the_others,
    test_resizes_in_the_format_of_the_source,
    test_strips_metadata,
)
from test_pdf_files import (  # noqa: F401
    choose,
    test_extracts_text,
    test_images_become_a_document,
    test_merging_names_the_file_that_is_broken,
)


class LiteFiles(Files):
    """A folder of the browser's, and a copy of it on the disk for tests to look at."""

    def show(self) -> None:
        files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in self.folder.iterdir()}
        self.page.evaluate(
            """async ([folder, files]) => {
              const { contents } = jupyterapp.serviceManager;
              await contents.save(folder, { type: 'directory', name: folder, path: folder });
              for (const [name, content] of Object.entries(files)) {
                await contents.save(`${folder}/${name}`, { type: 'file', format: 'base64', content, name });
              }
            }""",
            [self.name, files],
        )
        super().show()

    def says(self, text: str | re.Pattern[str]) -> None:
        super().says(text)
        self.fetch()

    def fetch(self) -> None:
        """Bring the copy up to date."""
        files = self.page.evaluate(
            """async folder => {
              const { contents } = jupyterapp.serviceManager;
              const { content } = await contents.get(folder, { content: true });
              const files = content.filter(({ type }) => type !== 'directory');
              return Promise.all(files.map(async ({ path, name }) => {
                const file = await contents.get(path, { type: 'file', format: 'base64', content: true });
                return [name, file.content];
              }));
            }""",
            self.name,
        )
        for name, content in files:
            (self.folder / name).write_bytes(base64.b64decode(content))


@pytest.fixture(scope="module")
def lab(visit, site):
    with visit() as context:
        page = context.new_page()
        open_lab(page, site)
        page.wait_for_function("globalThis.jupyterapp")
        page.evaluate("jupyterapp.restored.then(() => undefined)")
        yield page


@pytest.fixture
def folder(tmp_path, request):
    folder = tmp_path / re.sub(r"\W+", "-", request.node.name).strip("-")
    folder.mkdir()
    return folder


@pytest.fixture
def files(lab, folder):
    files = LiteFiles(lab, folder, folder.name)
    yield files
    if lab.locator(".jp-Dialog").count():  # what a test that failed has left
        lab.keyboard.press("Escape")
    files.hush()
