"""The report in a real browser, at the width of a desk and of a phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from gansurrogate_signals import NoisySine

from gansurrogate.fidelity import Comparison, Sample, judge
from gansurrogate.fidelity.condition_sweep import condition_sweeps
from gansurrogate.fidelity.report import render
from gansurrogate.fidelity.sweeps import Sweeps

CHROMIUM = shutil.which("chromium", path="/usr/bin:/usr/local/bin") or shutil.which("chromium")
TIME = (-5, 5, 64)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a surrogate whose noise is a tenth too strong; its name is long and holds markup."""
    generator = NoisySine(time=TIME)
    comparison = Comparison.of(
        NoisySine(noise=0.33, time=TIME), Sample.drawn(generator, 600, 1), generator.features, seed=2, copula=True
    )
    judgement = judge(comparison, only=["parameters", "trees", "distributions", "neighbours"])
    conditional = NoisySine(conditional=True, time=TIME)
    swept = Sweeps([], condition_sweeps(conditional, conditional, 50), {"latents": "there is no file"})
    provenance = {"surrogate": "x" * 200, "<script>": "<b>not bold</b>"}
    path = tmp_path_factory.mktemp("report") / "page.html"
    path.write_text(render("a <i>surrogate</i> " + "y" * 100, comparison, judgement, provenance, swept))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window_and_loads_nothing(width: int, page: Path, browser) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    asked: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(page.as_uri())
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    widths = shown.eval_on_selector_all("img", "all => all.map(i => [i.naturalWidth, i.getBoundingClientRect().width])")
    assert len(widths) == 8
    assert all(natural > 300 and 200 < drawn <= width for natural, drawn in widths)
    assert shown.locator("h1").inner_text().startswith("a <i>surrogate</i>")
    assert shown.locator("i, b, script").count() == 0
    top = shown.locator(".summary").bounding_box()
    assert top["y"] < 500  # the verdict is what one sees first
    assert shown.locator("ul.findings li").count() == 4
    assert "latents (there is no file)" in shown.locator("body").inner_text()
    assert shown.locator("tbody tr:not(.group)").count() == len(judged_names(shown))
    shown.close()


def judged_names(shown) -> set[str]:
    names = shown.locator("tbody tr:not(.group) td:first-child").all_inner_texts()
    assert {"panel AUC", "trees AUC", "KS amplitude", "coverage"} <= set(names)
    return set(names)
