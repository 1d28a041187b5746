"""Pages of the repository's surrogate files, in a browser without a network."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from gansurrogate_web import export
from gansurrogate_web.onnxruntime_web import find

from gansurrogate.errors import SurrogateError

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "tests" / "hosts" / "javascript" / "node_modules"
CHROMIUM = shutil.which("chromium", path="/usr/bin:/usr/local/bin") or shutil.which("chromium")


@pytest.fixture(scope="session")
def modules() -> str:
    """The folder that holds onnxruntime-web."""
    try:
        find(str(MODULES))
    except SurrogateError:
        pytest.skip("needs onnxruntime-web: make hosts")
    return str(MODULES)


@pytest.fixture(scope="module")  # not the session: a second one in the process, of other tests, would be refused
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(modules: str, file, browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """``page(name, real=...)``: the page, opened once from its file; it asked for nothing and complained of nothing."""
    asked: list[str] = []
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)

    @cache
    def opened(name: str, real: Path | None = None) -> Any:
        path = tmp_path_factory.mktemp(name) / "page.html"
        export(file(name), path, real=real and str(real), onnxruntime_web=modules)
        shown = context.new_page()
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.goto(path.as_uri())
        shown.wait_for_function("document.body.ariaBusy === 'false'", timeout=60_000)
        return shown

    yield opened
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
