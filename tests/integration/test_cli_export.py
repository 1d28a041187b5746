"""``gansurrogate export``: which exporters it takes, and how their options are read."""

from pathlib import Path
from typing import Any

import pytest

from gansurrogate.cli.app import run
from gansurrogate.cli.exporters import find_exporter, read_options
from gansurrogate.errors import ArgumentError, OutputError


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that is refused says."""
    assert run([str(argument) for argument in arguments]) == 2
    return " ".join(capsys.readouterr().err.split())


def test_each_exporter_is_told_from_what_it_takes(capsys, golden: Path, tmp_path: Path) -> None:
    said = complaint(capsys, "export", golden, "--to", "onnx", "-o", tmp_path / "x.onnx")
    assert "it takes what a training left: gansurrogate train ... --exporter onnx" in said
    said = complaint(capsys, "train", "noisy-sine", "--exporter", "fmu", "-o", tmp_path / "x.onnx")
    assert "it takes a surrogate file: train first, then gansurrogate export MODEL --to fmu" in said
    assert list(tmp_path.iterdir()) == []


def test_mistakes_are_told_before_the_work(capsys, golden: Path, tmp_path: Path) -> None:
    said = complaint(capsys, "export", golden, "--to", "cobol", "-o", tmp_path / "x")
    assert "no exporter is called 'cobol'" in said
    said = complaint(capsys, "export", golden, "--to", "fmu", "-o", tmp_path / "x", "--option", "stop=1")
    assert "an option of the exporter 'fmu' is NAME=VALUE, once for each of step; got 'stop=1'" in said
    said = complaint(capsys, "export", golden, "--to", "fmu", "-o", tmp_path / "missing" / "x")
    assert "does not exist" in said
    said = complaint(capsys, "train", "noisy-sine", "-o", tmp_path / "x.onnx", "--option", "precision=int7")
    assert "the option is one of float32, float16, int8; got 'precision=int7'" in said
    before = golden.read_bytes()
    for exporter in ("fmu", "web"):
        assert "give another name" in complaint(capsys, "export", golden, "--to", exporter, "-o", golden)
        with pytest.raises(OutputError, match="give another name"):
            find_exporter(exporter, "surrogate")(golden, golden)
    assert golden.read_bytes() == before


def options(surrogate: Path, path: Path, *, step: float | None = None, n: int = 3, all: bool = False, real: str = "x"):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), {}),
        (("step=0.5", "n=2"), {"step": 0.5, "n": 2}),
        (("all=true", "real=a=b.npy"), {"all": True, "real": "a=b.npy"}),
    ],
)
def test_options_are_read_as_the_exporter_annotates_them(texts: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert read_options("any", options, texts) == expected


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("step=fast",), "the option is a number; got 'step=fast'"),
        (("n=1.5",), "the option is a number; got 'n=1.5'"),
        (("all=yes",), "the option is true or false; got 'all=yes'"),
        (("n=1", "n=2"), "once for each of step, n, all, real; got 'n=2'"),
        (("path=x",), "once for each of step, n, all, real; got 'path=x'"),
        (("step",), "got 'step'"),
    ],
)
def test_options_that_make_no_sense(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_options("any", options, texts)
    assert message in str(caught.value)


def test_the_exporters_of_this_repository_are_found() -> None:
    assert find_exporter("onnx", "trained").__module__ == "gansurrogate_onnx.export"
    assert find_exporter("fmu", "surrogate").__module__ == "gansurrogate_fmu.export"
