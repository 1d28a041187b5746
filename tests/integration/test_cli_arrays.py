"""Array conditions and tokens on the command line: `--condition NAME=FILE.npy`."""

import json
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.plugins import installed

DATA = Path(__file__).parents[1] / "runtime" / "data"
FIELDS, TEXT, GOLDEN = (DATA / f"{name}-{gs.__version__}.onnx" for name in ("fields", "text", "golden"))
Capture = pytest.CaptureFixture[str]


def sample(model: Path, output: str, *arguments: str) -> int:
    return run(["sample", str(model), "-n", "20", "--seed", "3", "-o", output, *arguments])


@pytest.mark.parametrize("output", ["signals.npz", "signals.npy"])
def test_an_array_comes_from_a_file_for_each_signal_or_for_all(output: str, capsys: Capture) -> None:
    surrogate = gs.load(FIELDS, device="cpu")
    given = surrogate.draw_conditions(20, rng=3)
    np.save("each.npy", given["blurred"])
    np.save("one.npy", given["blurred"][4])
    for name, blurred in (("each", given["blurred"]), ("one", given["blurred"][4])):
        assert sample(FIELDS, output, "--condition", f"blurred={name}.npy") == 0
        assert "drawing mask, gain uniformly over the range" in capsys.readouterr().err
        expected = surrogate.sample(20, conditions={**given, "blurred": blurred}, rng=3)
        found = np.load(output)
        if output.endswith("npz"):
            np.testing.assert_array_equal(found["blurred"], np.broadcast_to(blurred, (20, 6, 8)))
            np.testing.assert_array_equal(found["mask"], given["mask"])
            found = found["signals"]
        np.testing.assert_array_equal(found, expected, strict=True)


def test_numbers_and_words_for_each_signal_come_from_files_too() -> None:
    energies, kinds = np.linspace(10, 500, 20), np.array([*"abcab"] * 4)
    np.save("energies.npy", energies)
    np.save("kinds.npy", kinds)
    assert sample(GOLDEN, "signals.npy", "--condition", "energy=energies.npy", "--condition", "kind=kinds.npy") == 0
    expected = gs.load(GOLDEN).sample(20, conditions={"energy": energies, "kind": kinds}, rng=3)
    np.testing.assert_array_equal(np.load("signals.npy"), expected)


def test_ids_of_tokens_are_written_and_described(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # wide enough for the table
    np.save("prefix.npy", np.array(["i", "any", "any", "any", "any"]))
    for output in ("signals.npy", "signals.npz"):
        assert sample(TEXT, output, "--condition", "prefix=prefix.npy") == 0
        found = np.load(output)
        found = found["signals"] if output.endswith("npz") else found
        assert (found.dtype, set(found[:, 0].tolist())) == (np.int64, {0})
    capsys.readouterr()
    assert run(["inspect", str(TEXT)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "place x 5, ids of 6 tokens" in said
    assert "prefix (5,) one of any, i, you, like, love, hate, dog" in said
    assert run(["inspect", str(TEXT), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["spec"]["tokens"] == ["i", "you", "like", "love", "hate", "dog"]


class Blur(gs.SignalGenerator):
    name = "blur"
    spec = gs.SignalSpec((3,), conditions=(gs.Condition("seen", low=0, high=1, shape=(3,)),))

    def simulate(self, n: int, rng: np.random.Generator, *, seen: np.ndarray) -> np.ndarray:
        return seen + rng.random((n, 3))


def test_simulate_keeps_array_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(installed().signal_generators, "blur", Blur())
    assert run(["simulate", "blur", "-n", "7", "--seed", "2", "-o", "real.npz"]) == 0
    kept = np.load("real.npz")
    given = Blur().draw_conditions(7, rng=2)
    np.testing.assert_array_equal(kept["seen"], given["seen"], strict=True)
    np.testing.assert_array_equal(kept["signals"], Blur().sample(7, conditions=given, rng=2), strict=True)
    assert gs.SignalSpec.from_dict(json.loads(str(kept["spec"]))) == Blur.spec


@pytest.mark.parametrize(("content", "message"), [
    (None, "there is no file x.npy"), (b"text", "x.npy is no npy file"),
    (np.zeros((6, 7)), "takes shape (6, 8) or (20, 6, 8) (one per signal); got shape (6, 7)"),
    (np.full((6, 8), 2.0), "condition 'blurred' is 2, outside its range"),
])  # fmt: skip
def test_files_that_do_not_fit_are_named(content: object, message: str, capsys: Capture) -> None:
    if isinstance(content, bytes):
        Path("x.npy").write_bytes(content)
    elif content is not None:
        np.save("x.npy", content)
    assert sample(FIELDS, "signals.npy", "--condition", "blurred=x.npy") == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", "").split())
    assert not Path("signals.npy").exists()
