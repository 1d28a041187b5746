"""The documentation site builds without a warning, holds every public name, and needs nothing but itself."""

import inspect
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from sphinx.util.inventory import InventoryFile

import gansurrogate as gs
from gansurrogate import doctor, errors, fidelity, testing, train
from gansurrogate.cli.app import app
from gansurrogate.plugins import exporter, exporter_names

ROOT = Path(__file__).resolve().parents[2]
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("object", "data")}


class Page(HTMLParser):
    """What a page refers to, and where in it others may refer to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places = {""}
        self.feed(file.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.places.add(value)
            elif (tag, name) in LOADED and value:
                self.loads.append(value)
            elif (tag, name) == ("a", "href") and value:
                self.links.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", ROOT / "docs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LANG": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {file: Page(file) for file in site.rglob("*.html")}


@pytest.fixture(scope="module")
def documented(site: Path) -> set[str]:
    """The Python names that have an entry in the reference."""
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    return {name for kind, names in inventory.items() if kind.startswith("py:") for name in names}


def test_every_public_name_is_documented(documented: set[str]) -> None:
    public = {f"gansurrogate.{name}" for name in vars(gs) if not name.startswith("_")}
    public -= {name for name in public if inspect.ismodule(getattr(gs, name.partition(".")[2]))}
    public -= {"gansurrogate.SurrogateError"}  # at its home
    for module, names in (
        (errors, [name for name, value in vars(errors).items() if inspect.isclass(value)]),
        (testing, [name for name in vars(testing) if name.startswith("check_")]),
        (fidelity, [name for name in vars(fidelity) if is_of(fidelity, name)]),
        (doctor, ["diagnose", "Finding"]),
        (train, train.__all__),
    ):
        public |= {f"{module.__name__}.{name}" for name in names}
    public |= {f"{exporter(name).__module__.split('.')[0]}.export" for name in exporter_names()}
    assert public <= documented, public - documented


def test_what_pages_import_is_documented(documented: set[str]) -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for module, names in re.findall(r"(?m)^ *from (gansurrogate(?:\.\w+)+) import ([\w, ]+)", page.read_text()):
            missing = {f"{module}.{name.strip()}" for name in names.split(",")} - documented
            assert not missing, f"{page.name} imports {missing}"


def is_of(module: object, name: str) -> bool:
    """Whether a public class or function of the package was taken up into `module` for its users."""
    value = vars(module)[name]
    return (
        not name.startswith("_")
        and not inspect.ismodule(value)
        and value.__module__.startswith("gansurrogate.fidelity")
    )


def test_every_command_is_documented(pages: dict[Path, Page], site: Path) -> None:
    found = pages[site / "reference" / "commands.html"]
    assert {f"gansurrogate-{name}" for name in typer.main.get_command(app).commands} <= found.places


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page], site: Path) -> None:
    loaded = [reference for page in pages.values() for reference in page.loads]
    for sheet in site.rglob("*.css"):
        loaded += re.findall(r"url\(['\"]?([^'\")]+)|@import ['\"]([^'\"]+)", sheet.read_text())
    assert len(loaded) > 100
    assert not [reference for reference in loaded if re.match(r"(https?:)?//", str(reference))]


def test_links_within_the_site_lead_somewhere(pages: dict[Path, Page]) -> None:
    for file, page in pages.items():
        for link in page.links + page.loads:
            if re.match(r"\w+:", link):
                continue
            target, _, place = link.partition("#")
            path = (file.parent / unquote(target.partition("?")[0])).resolve() if target else file
            assert path.exists(), f"{file.name}: {link}"
            if path in pages:
                assert unquote(place) in pages[path].places, f"{file.name}: {link}"


def test_links_between_pages_are_links_on_the_site(pages: dict[Path, Page], site: Path) -> None:
    for source in (ROOT / "docs").rglob("*.md"):
        file = site / source.relative_to(ROOT / "docs").with_suffix(".html")
        there = {(file.parent / link.partition("#")[0]).resolve() for link in pages[file].links if ":" not in link}
        for target in re.findall(r"\]\((?!http)([^)#]+)\.md[)#]", source.read_text()):
            page = (file.parent / f"{target}.html").resolve()
            assert page in there or not page.is_relative_to(site), f"{source.name}: {target}.md"


def test_the_search_finds_without_a_server_and_pages_fit_a_telephone(site: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(chromium).exists():
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{(site / 'search.html').as_uri()}?q=squares")
        page.wait_for_selector("ul.search a[href*='row-law']")  # results appear one after the other
        for name in ("index", "tutorials/simulation-author", "reference/runtime", "reference/commands", "fidelity"):
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        browser.close()
    assert all(url.startswith(("file:", "data:")) for url in asked)
