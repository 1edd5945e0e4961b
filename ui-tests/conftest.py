"""What all tests in a real browser share: the browser, and a real Jupyter server."""

from __future__ import annotations

import json
import urllib.request
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from server import Server

from wasmcell.engines.chromium import find, flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-screenshots", action="store_true", help="renew the README's pictures in docs/")


# By module: while it runs, Playwright keeps an event loop in this thread, which others must not find there.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page


#: The server's files, two folders of which take no more than a server may.
CONFIG = """
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

class Manager(AsyncLargeFileManager):
    async def save(self, model, path=""):
        folder = path.strip("/").split("/")[0]
        if folder == "readonly":
            raise HTTPError(403, f"Permission denied: {path}")
        if folder == "full" and model.get("chunk", 1) != 1:
            raise HTTPError(507, "No space left on device")
        return await super().save(model, path)

c.ServerApp.contents_manager_class = Manager
"""

#: What makes a page cross-origin isolated.
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class Jupyter(Server):
    """A Jupyter server that serves JupyterLab at `/lab` and Notebook at `/tree`, over a folder of its own."""

    token = "secret"

    def __init__(self, folder: Path, *, extension: bool = True, isolated: bool = False) -> None:
        self.isolated = isolated
        self.root = folder / "files"
        config, settings = folder / "config", folder / "settings"
        for made in (self.root, config, settings / "@jupyterlab" / "apputils-extension"):
            made.mkdir(parents=True)
        headers = f'c.ServerApp.tornado_settings = {{"headers": {ISOLATION}}}' if isolated else ""
        (config / "jupyter_server_config.py").write_text(CONFIG + headers)
        if not extension:
            (config / "labconfig").mkdir()
            (config / "labconfig" / "page_config.json").write_text(
                '{"disabledExtensions": {"wasmcell": true}}'
            )
        # It asks whether it may fetch news otherwise.
        notification = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        notification.write_text('{"fetchNews": "false"}')
        env = {
            "JUPYTER_CONFIG_DIR": str(config),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        }
        options = [
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self.token}",
        ]
        super().__init__(folder, "jupyterlab", *options, health=f"api/status?token={self.token}", env=env)

    def ask(self, path: str) -> Any:
        """What its REST API answers."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def address(self, path: str) -> str:
        """An address to open in a browser."""
        return f"{self.url}{path}?token={self.token}"


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Jupyter]]:
    """Servers: one of each kind, from when it is first asked for."""
    servers: list[Jupyter] = []

    @cache
    def serve(*, extension: bool, isolated: bool) -> Jupyter:
        folder = tmp_path_factory.mktemp("jupyter")
        servers.append(Jupyter(folder, extension=extension, isolated=isolated))
        servers[-1].wait()
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `isolated` runs on a cross-origin isolated server, too."""
    servers = {"jupyter", "plain_jupyter"} & set(metafunc.fixturenames)
    if servers and metafunc.definition.get_closest_marker("isolated"):
        kinds = [
            pytest.param(None, id=pytest.HIDDEN_PARAM),
            pytest.param(True, id="isolated", marks=pytest.mark.ui),
        ]
        metafunc.parametrize(servers.pop(), kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def jupyter(serve: Callable[..., Jupyter], request: pytest.FixtureRequest) -> Jupyter:
    """A server; tests that are marked `isolated` have one that is cross-origin isolated as well."""
    return serve(extension=True, isolated=bool(getattr(request, "param", None)))


@pytest.fixture(scope="session")
def plain_jupyter(serve: Callable[..., Jupyter], request: pytest.FixtureRequest) -> Jupyter:
    """The same without wasmcell's extension."""
    return serve(extension=False, isolated=bool(getattr(request, "param", None)))
