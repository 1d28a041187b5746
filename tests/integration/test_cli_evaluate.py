"""`evaluate` judges a file, writes the page, and keeps the figures in the file."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run

Capture = pytest.CaptureFixture[str]
TESTS = Path(__file__).parents[1]


class Page(HTMLParser):
    """Texts of a page, and what it would load from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.pictures: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "img":
            self.pictures.append(given["src"] or "")
        elif "src" in given or tag in ("link", "script"):
            self.loaded.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts += [data.strip()] if data.strip() else []


@pytest.fixture
def model(noisy_sine_file: Path) -> Path:
    return Path(shutil.copy(noisy_sine_file, "model.onnx"))


def test_a_hardly_trained_surrogate_is_seen_through(model: Path, capsys: Capture) -> None:
    signals = gs.load(model).sample(5, rng=1)
    Path("model.onnx.sig").write_text("of the file without figures")
    assert run(["evaluate", "model.onnx", "--against", "noisy-sine", "-n", "500", "--json"]) == 0
    printed = capsys.readouterr()
    assert "model.onnx.sig is void" in printed.err
    result = json.loads(printed.out)
    figures = {figure["name"]: figure for figure in result["fidelity"]}
    assert figures["panel_auc"]["value"] > 0.95
    assert figures["panel_auc"]["floor"] < 0.65
    assert {"trees_auc", "spectral_auc", "raw_auc", "ks_omega", "spectrum_db", "coverage", "mmd_spectra"} <= set(
        figures
    )
    assert "memory" in result["left_out"]
    assert any(finding["grade"] == "poor" for finding in result["verdict"]["findings"])

    after = gs.load(model)
    assert (after.sample(5, rng=1) == signals).all()
    assert after.manifest.file_sha256 == result["file_sha256"]
    assert after.manifest.graph_sha256 == result["graph_sha256"]
    kept = after.manifest.fidelity
    assert kept["spectral_auc"] == {
        **figures["spectral_auc"],
        "against": "noisy-sine",
        "date": kept["panel_auc"]["date"],
    }
    assert "held_out_auc" in kept  # of the training: it stays

    page = Page(Path(result["page"]).read_text())
    assert result["page"] == "model.html"
    assert page.loaded == []
    assert len(page.pictures) == 7
    assert all(picture.startswith("data:image/png;base64,") for picture in page.pictures)
    said = " ".join(page.texts)
    assert said.index(result["verdict"]["summary"]) < said.index("Figures") < said.index("Pictures")
    assert result["graph_sha256"] in said
    for words in ("spectral AUC", "KS omega", "model.onnx", after.manifest.training["signal_generator"]):
        assert words in said


def test_recordings_are_judged_under_their_conditions_and_gates_set_the_exit_code(
    pulses: Path, recipe: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["train", str(pulses), "--recipe", recipe, "--steps", "5", "-o", "pulses.onnx"]) == 0
    before = Path("pulses.onnx").read_bytes()
    judged = ["evaluate", "pulses.onnx", "--against", str(pulses), "--no-write"]
    known = ["--training", str(pulses)]
    assert run([*judged, *known, "--require", "trees_auc>=0.4", "-o", "page.html"]) == 0
    assert "memory (real signals that should be unseen" in capsys.readouterr().err
    with np.load(pulses) as recordings:
        np.savez("others.npz", signals=recordings["signals"] + 0.1)
    monkeypatch.setenv("GANSURROGATE_PATH", str(Path.cwd()))  # what a name leads to is only read
    judged = ["evaluate", "pulses", "--against", str(pulses)]
    known = ["--training", "others.npz"]
    assert run([*judged, *known, "--require", "trees_auc>=0.4", "--require", "trees_auc<=0.4"]) == 1
    said = capsys.readouterr()
    assert "trees_auc<=0.4: missed" in said.err
    assert "convolutional judge (with fewer than 160" in said.err
    assert "memorisation" in said.out
    assert "150 signals on each side" in said.out
    assert Path("pulses.onnx").read_bytes() == before
    assert Path("page.html").stat().st_size > 10_000


def test_sequences_of_tokens_are_judged_by_their_n_grams(capsys: Capture) -> None:
    shutil.copy(TESTS / "runtime" / "data" / "text-0.1.0.onnx", "text.onnx")
    surrogate = gs.load("text.onnx")
    for name, seed in (("held-out.txt", 5), ("trained-on.txt", 6)):
        words = surrogate.spec.decode(surrogate.sample(300, rng=seed))
        Path(name).write_text("\n".join(map(" ".join, words.tolist())))
    command = ["evaluate", "text.onnx", "--against", "held-out.txt", "--training", "trained-on.txt", "--json"]
    assert run([*command, "--require", "ngram_auc<=0.65"]) == 0
    said = capsys.readouterr()
    assert "text.onnx: upgraded from schema 1 to 2" in said.err
    result = json.loads(said.out)
    figures = {figure["name"]: figure for figure in result["fidelity"]}
    assert {"panel_auc", "ngram_auc", "token_distance", "pair_distance", "triple_distance"} <= set(figures)
    assert figures["copied_share"]["floor"] == pytest.approx(figures["copied_share"]["value"], abs=0.15)
    after = gs.load("text.onnx").manifest
    assert after.fidelity["ngram_auc"]["value"] == figures["ngram_auc"]["value"]
    assert (after.schema, after.graph_sha256) == (2, surrogate.manifest.graph_sha256)
    page = Page(Path("text.html").read_text())
    first = surrogate.spec.decode(surrogate.sample(150, rng=1))[0]
    assert " ".join(first) in page.texts
    assert len(page.pictures) == 2  # ROC curve, shares of tokens

    Path("strange.txt").write_text(Path("held-out.txt").read_text().replace("dog", "wolf"))
    assert run(["evaluate", "text.onnx", "--against", "strange.txt", "--no-write", "-o", "strange.html"]) == 0
    assert "tokens it does not know" in Page(Path("strange.html").read_text()).texts


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("evaluate model.onnx --against nobody", "nobody"),
        ("evaluate missing.onnx --against noisy-sine", "missing.onnx"),
        ("evaluate model.onnx --against detector-pulse", "shape"),
        ("evaluate model.onnx --against noisy-sine -n 10", "at least 100"),
        ("evaluate model.onnx --against noisy-sine -n 0", "n is"),
        ("evaluate model.onnx --against noisy-sine --require nonsense", "NAME<=NUMBER"),
        ("evaluate model.onnx --against noisy-sine -n 50 --with astrology", "astrology"),
        ("evaluate model.onnx --against noisy-sine -o no/page.html", "does not exist"),
        ("evaluate model.onnx --against noisy-sine -o model.onnx", "it is what the output is made from"),
        ("evaluate model.onnx --against few.npy -o few.npy", "it is what the output is made from"),
        ("evaluate model.onnx --against noisy-sine --window 24", "signal generator"),
        ("evaluate model.onnx --against few.npy", "at least 100"),
    ],
)
def test_mistakes_are_answered_before_anything_is_written(
    command: str, words: str, model: Path, capsys: Capture
) -> None:
    np.save("few.npy", gs.signal_generator("noisy-sine").sample(20, rng=1))
    before = model.read_bytes()
    assert run(command.split()) == 2
    assert words in capsys.readouterr().err
    assert model.read_bytes() == before
    assert not list(Path().glob("*.html"))
