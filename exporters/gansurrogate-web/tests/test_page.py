"""The page in Chromium: what it draws is what Python draws."""

import base64
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gansurrogate_web.export import PAGE

import gansurrogate as gs
from gansurrogate import rowlaw

TOLERANCE = 1e-5  # of the signals' standard deviation
DRAWN = "document.body.ariaBusy === 'false'"


def changed(shown: Any, act: Callable[[], Any]) -> None:
    """Do something to a control, and wait until the page has drawn what it says."""
    act()  # the page is busy before this returns
    shown.wait_for_function(DRAWN, timeout=60_000)


def curve(shown: Any) -> str:
    return shown.locator("#signal path.row").first.get_attribute("d")


def downloaded(shown: Any) -> tuple[str, list[list[str]]]:
    """Name and lines of the CSV file."""
    with shown.expect_download() as download:
        shown.locator("#download").click()
    text = download.value.path().read_text()
    return download.value.suggested_filename, list(csv.reader(io.StringIO(text)))


@pytest.fixture(scope="session")
def real(file, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real signals for the gallery: those of seed 3, under conditions of their own."""
    surrogate = gs.load(file("golden"), device="cpu")
    conditions = surrogate.draw_conditions(20, rng=3)
    path = tmp_path_factory.mktemp("real") / "real.npz"
    np.savez(path, signals=surrogate.sample(20, conditions=conditions, rng=3), **conditions)
    return path


@pytest.fixture
def shown(page, real: Path) -> Any:
    """The page of two channels beside real signals, as the test before left it."""
    return page("golden", real)


@pytest.fixture
def golden(shown) -> Any:
    """The page of two channels beside real signals, as it opens."""
    for place, value in {"#row": 0, "#seed": 0, "#condition-energy-0": 255, "#count": 1}.items():
        shown.fill(place, str(value))
    shown.set_viewport_size({"width": 1280, "height": 900})
    changed(shown, lambda: shown.select_option("#condition-kind-0", "0"))
    return shown


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window(golden, width: int) -> None:
    changed(golden, lambda: golden.set_viewport_size({"width": width, "height": 800}))
    assert golden.evaluate("document.documentElement.scrollWidth") <= width
    assert golden.locator("h1").inner_text() == golden.title() == "golden"
    assert golden.locator("[role=alert]:visible").count() == 0
    assert golden.locator("#signal svg").count() == golden.locator("#spectrum svg").count() == 2
    assert golden.locator("#gallery svg").count() == 12
    assert "passed" in golden.locator("#about").inner_text()
    # On a phone the signal stands above its controls.
    tops = [golden.locator(place).bounding_box()["y"] for place in ("#signal", "#controls")]
    assert (tops[0] < tops[1] - 100) == (width == 390)


def test_every_control_moves_the_signal_and_its_slider_follows(golden) -> None:
    curves = [curve(golden)]
    for place, value in {"#row": "17", "#seed": "-9223372036854775808", "#condition-energy-0": "41.5"}.items():
        changed(golden, lambda place=place, value=value: golden.fill(place, value))
        curves.append(curve(golden))
    assert golden.locator("#row + input[type=range]").input_value() == "17"
    changed(golden, lambda: golden.select_option("#condition-kind-0", "2"))
    curves.append(curve(golden))
    slider = golden.get_by_label("energy, slider")
    changed(golden, lambda: slider.press("End"))
    curves.append(curve(golden))
    assert float(golden.input_value("#condition-energy-0")) == float(slider.input_value()) != 41.5
    assert len(set(curves)) == len(curves)


def test_the_file_has_the_signals_that_python_draws(golden, file) -> None:
    surrogate = gs.load(file("golden"), device="cpu")
    for place, value in {"#row": "1099511627770", "#seed": "-3", "#condition-energy-0": "10", "#count": "5"}.items():
        golden.fill(place, value)
    changed(golden, lambda: golden.select_option("#condition-kind-0", "1"))
    name, (head, *lines) = downloaded(golden)
    assert name == "golden_seed-3_rows1099511627770-1099511627774_energy-10_kind-b.csv"
    assert head == ["axis0", "time [s]", *(f"row {1_099_511_627_770 + i} [V]" for i in range(5))]
    values = np.array(lines, float)
    assert np.allclose(values[:, 1].reshape(2, 16), surrogate.spec.coordinates["time"], rtol=1e-11)
    drawn = values[:, 2:].T.reshape(5, 2, 16)
    expected = surrogate.sample(5, conditions={"energy": 10, "kind": "b"}, rng=-3, start=1_099_511_627_770)
    assert np.abs(drawn - expected).max() <= TOLERANCE * expected.std()


def test_latents_are_pythons_bits(shown, file) -> None:
    rows = [0, 1, 2**32 - 1, 2**40 - 1, *range(1000, 1100)]
    ask = """async ([seed, rows]) => {
        const given = { energy: rows.map(() => 20), kind: rows.map(() => 1) };
        const drawn = await gansurrogate.latents(BigInt(seed), BigInt64Array.from(rows, BigInt), given);
        return [...new Uint32Array(drawn.buffer, drawn.byteOffset, drawn.length)];
    }"""
    for seed in (7, -(2**63)):
        drawn = np.array(shown.evaluate(ask, [str(seed), rows]), np.uint32)
        expected = rowlaw.latents(seed, rows, gs.load(file("golden")).manifest.latents)
        assert np.array_equal(drawn.reshape(expected.shape), expected.view(np.uint32))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("#condition-energy-0", "501", "energy is a number from 10 to 500 keV"),
        ("#condition-energy-0", "", "energy is a number from 10 to 500 keV"),
        ("#row", "-1", "Row is a whole number from 0 to 1099511627775"),
        ("#seed", "1.5", "Seed is a whole number from -9223372036854775808 to 9223372036854775807"),
    ],
)
def test_what_makes_no_sense_is_told_and_the_last_picture_stays(golden, place: str, value: str, message: str) -> None:
    before = curve(golden)
    changed(golden, lambda: golden.fill(place, value))
    assert golden.locator("#problem").inner_text() == message
    assert golden.locator(place).get_attribute("aria-invalid") == "true"
    assert curve(golden) == before
    changed(golden, lambda: golden.fill(place, "12"))
    assert golden.locator("#problem").is_hidden()


def test_everything_is_reached_by_the_keyboard(shown) -> None:
    shown.locator("#row").focus()
    reached = []
    for _ in range(12):
        reached.append(shown.evaluate("document.activeElement.ariaLabel || document.activeElement.id"))
        shown.keyboard.press("Tab")
    energy = ["condition-energy-0", "energy, slider", "condition-kind-0"]
    assert reached[:9] == ["row", "Row, slider", "seed", "Seed, slider", *energy, "count", "download"]
    unlabelled = "[...document.querySelectorAll('input, select')].filter((one) => !one.labels.length && !one.ariaLabel)"
    assert shown.evaluate(f"{unlabelled}.length") == 0


@pytest.mark.parametrize("n", [16, 300, 301])
def test_the_spectrum_is_scipys(shown, n: int) -> None:
    from scipy.signal import periodogram

    values = np.random.default_rng(n).normal(3, 2, n)
    _, expected = periodogram(values, 100, window="hann", detrend="constant")
    module = f"data:text/javascript;base64,{base64.b64encode((PAGE / 'fft.mjs').read_bytes()).decode()}"
    drawn = shown.evaluate(f"async (values) => [...(await import('{module}')).spectrum(values, 0.01)]", values.tolist())
    assert np.allclose(drawn, expected[1:], rtol=1e-9)


def test_an_image_under_an_image(page, file) -> None:
    shown = page("fields")
    surrogate = gs.load(file("fields"), device="cpu")
    test = surrogate.manifest.self_test
    changed(shown, lambda: shown.select_option("#example", "1"))
    changed(shown, lambda: shown.fill("#condition-gain-0", "2.5"))
    assert shown.locator("#signal canvas").count() == 2  # the picture, and its scale
    assert shown.locator("#gallery canvas").count() == 6
    assert "V" in shown.locator(".scale").inner_text()
    _, (head, *lines) = downloaded(shown)
    given: dict[str, Any] = {"gain": 2.5}
    for c in surrogate.spec.conditions[:2]:
        given[c.name] = c.decode(np.resize(np.array(test.conditions[c.name][1], c.dtype), c.shape))
    expected = surrogate.sample(1, conditions=given, rng=0)[0]
    assert head == ["y [mm]", "x [mm]", "row 0 [V]"]
    drawn = np.array(lines, float)
    assert np.abs(drawn[:, 2].reshape(6, 8) - expected).max() <= TOLERANCE * expected.std()
    assert drawn[9, :2].tolist() == [0.5, 0.5]


def test_tokens_are_text(page, file) -> None:
    shown = page("text")
    surrogate = gs.load(file("text"), device="cpu")
    changed(shown, lambda: shown.fill("#condition-prefix-0", "you like"))
    drawn = surrogate.sample(1, conditions={"prefix": ["you", "like", "any", "any", "any"]}, rng=0)[0]
    assert shown.locator("#signal").inner_text() == " ".join(surrogate.spec.decode(drawn))
    assert shown.locator("#gallery .text").count() == 6
    _, (head, *lines) = downloaded(shown)
    assert head == ["place", "row 0"]
    assert [token for _, token in lines] == surrogate.spec.decode(drawn).tolist()
    changed(shown, lambda: shown.fill("#condition-prefix-0", "we"))
    assert 'prefix does not know "we"' in shown.locator("#problem").inner_text()


def test_real_signals_stand_beside_the_surrogates_under_their_conditions(golden, real: Path) -> None:
    assert golden.locator("#gallery-title").inner_text() == "Real and surrogate"
    assert golden.locator("#gallery h3").all_inner_texts() == ["Real", "Surrogate"]
    assert "Real signals from real.npz." in golden.locator("#gallery-note").inner_text()
    # Row 0 of seed 3 under the conditions of the first real signal is that signal; the next ones are other rows.
    changed(golden, lambda: golden.fill("#seed", "3"))
    curves = {
        kind: [path.get_attribute("d") for path in golden.locator(f"#gallery .{kind} path").all()]
        for kind in ("real", "surrogate")
    }
    assert len(curves["real"]) == len(curves["surrogate"]) == 12  # of two channels
    assert curves["real"][:2] == curves["surrogate"][:2]
    assert curves["real"][2:4] != curves["surrogate"][2:4]
    first = {name: values[0] for name, values in np.load(real).items()}
    caption = f"energy {float(first['energy']):.3g} keV, kind {first['kind']}"
    assert golden.locator("#gallery .real figcaption").first.inner_text() == caption
