"""A mistake ends with exit code 2 and one sentence that says what to change; nothing is written."""

import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from gansurrogate.cli.app import run

COMMAND = Path(sysconfig.get_path("scripts"), "gansurrogate")
Capture = pytest.CaptureFixture[str]

SIMULATE = [
    (
        "noisy-sinus -n 5 -o x.npy",
        "no signal generator is called 'noisy-sinus'; installed: binary-chirp, blurred-field",
    ),
    ("noisy-sine -n 0 -o x.npy", "n is at least 1; got 0"),
    ("noisy-sine -n ten -o x.npy", "valid integer"),
    ("noisy-sine -o x.npy", "Missing option '-n'"),
    ("noisy-sine -n 5", "Missing option"),
    ("noisy-sine -n 5 --start -1 -o x.npy", "start is at least 0; got -1"),
    ("noisy-sine -n 5 --seed 99999999999999999999 -o x.npy", "a seed is below 2**63"),
    ("noisy-sine -n 5 --sead 1 -o x.npy", "No such option: --sead"),
    ("noisy-sine -n 5 -o x.csv", "the output is a .npy or .npz file; got x.csv"),
    ("noisy-sine -n 5 -o nowhere/x.npy", "the folder nowhere does not exist"),
    ("noisy-sine -n 5 -o folder.npy", "it is a folder"),
    ("noisy-sine -n 5 --condition force=1 -o x.npy", "unknown condition 'force'; this signal has no conditions"),
    ("duffing -n 5 --condition force -o x.npz", "a condition is NAME=VALUE"),
    ("duffing -n 5 --condition force=much -o x.npz", "the value of force is a number; got 'much'"),
    ("duffing -n 5 --condition force=99 -o x.npz", "'force' is 99, outside its range (force in [0.5, 3] N/kg)"),
    ("duffing -n 5 --condition force=nan -o x.npz", "'force' is NaN"),
]
SAMPLE = [
    ("missing.onnx -n 5 -o x.npy", "there is no file missing.onnx"),
    ("text.onnx -n 5 -o x.npy", "text.onnx: this is a text file"),
    ("cut.onnx -n 5 -o x.npy", "truncated, damaged"),
    ("flipped.onnx -n 5 -o x.npy", "damaged"),
    ("folder.npy -n 5 -o x.npy", "folder.npy is a folder"),
    ("golden.onnx -o x.npz", "give -n, or --rows A:B"),
    ("golden.onnx -n 0 -o x.npz", "n is at least 1; got 0"),
    ("golden.onnx --rows 5:3 -o x.npz", "--rows is A:B with A < B"),
    ("golden.onnx --rows five -o x.npz", "--rows is A:B with A < B"),
    ("golden.onnx --rows 0:2000000000000 -o x.npz", "rows end at 2**40"),
    ("golden.onnx --rows 3:5 -n 2 -o x.npz", "excludes -n and --start"),
    ("golden.onnx -n 5 --start 1099511627776 -o x.npz", "rows"),
    ("golden.onnx -n 5 --device tpu -o x.npz", "device 'tpu' cannot be used"),
    ("golden.onnx -n 5 --condition colour=red -o x.npz", "colour"),
    ("golden.onnx -n 5 --condition kind=z -o x.npz", "kind one of a, b, c"),
    ("golden.onnx -n 5 --condition energy=9000 -o x.npz", "energy in [10, 500] keV"),
    ("golden.onnx -n 5 --condition energy=9000 --domain cut -o x.npz", "'cut' is not one of"),
    ("golden.onnx -n 5 --condition energy=9000 --domain simulate -o x.npz", "is not installed to simulate them"),
    (f"{'x' * 300}.onnx -n 5 -o x.npz", "File name too long"),
    ("golden.onnx -n 5 -o golden.onnx", "the output is a .npy, .npz, .h5, .hdf5 or .zarr file"),
]
INSPECT = [("missing.onnx", "there is no file missing.onnx"), ("text.onnx", "text file"), ("cut.onnx", "truncated")]
TRAIN = [
    ("noisy-sinus -o x.onnx", "no signal generator is called 'noisy-sinus'"),
    ("missing.npz -o x.onnx", "there is no file missing.npz"),
    ("text.npz -o x.onnx", "text.npz is not an npy or npz file"),
    ("few.npy -o x.onnx", "at least 100 signals"),
    ("bad.toml -o x.onnx", "no reader for bad.toml; known endings: -ubyte,"),
    ("good.npy --stride 2 -o x.onnx", "give window too"),
    ("good.npy --window 500 -o x.onnx", "a window of 500 samples is longer than the recording in good.npy"),
    ("good.npy --conditions energy -o x.onnx", "good.npy has no condition energy; it offers none"),
    ("good.npy --conditions a --no-conditions -o x.onnx", "give one of them"),
    ("noisy-sine --window 8 -o x.onnx", "noisy-sine is a signal generator; options of a file"),
    ("good.npy", "Missing option"),
    ("good.npy -o nowhere/x.onnx", "the folder nowhere does not exist"),
    ("good.npy -o good.npy", "cannot write good.npy: it is what the output is made from"),
    ("good.npy --recipe fast -o x.onnx", "no recipe is called 'fast'"),
    ("good.npy --recipe bad.toml -o x.onnx", "widht"),
    ("good.npy --exporter tflite -o x.onnx", "no exporter is called 'tflite'"),
    ("good.npy --seed 99999999999999999999 -o x.onnx", "a seed is below 2**63"),
    ("good.npy --minutes 0 -o x.onnx", "positive; got 0"),
    ("good.npy --steps -3 -o x.onnx", "positive; got -3"),
    ("good.npy --resume -o x.onnx", "there is no run of good to resume"),
    ("good.npy --resume --run nowhere -o x.onnx", "there is no training to resume in nowhere"),
    ("good.npy --run text.npz -o x.onnx", "cannot make the run folder text.npz"),
]
OTHER = [
    ("sampel x", "No such command 'sampel'"),
    ("list --jsn", "No such option"),
    ("plugins x", "unexpected extra argument"),
    ("demo --minutes 0 --folder demo", "positive; got 0"),
]
MISTAKES = [
    *((f"{command} {rest}", words) for command, mistakes in
      (("simulate", SIMULATE), ("sample", SAMPLE), ("inspect", INSPECT), ("train", TRAIN)) for rest, words in mistakes),
    *OTHER,
]  # fmt: skip


@pytest.fixture
def things(golden: Path, tmp_path: Path) -> dict[str, bytes | None]:
    """What lies in the current folder, good and bad."""
    model = golden.read_bytes()
    flipped = bytearray(model)
    flipped[len(model) // 2] ^= 1
    for name, data in {"golden": model, "cut": model[:-100], "flipped": bytes(flipped), "text": b"seed,rows\n"}.items():
        Path(f"{name}.onnx").write_bytes(data)
    Path("text.npz").write_text("time;voltage\n")
    Path("bad.toml").write_text("widht = 3")
    Path("folder.npy").mkdir()
    signals = np.random.default_rng(0).standard_normal((120, 8))
    np.save("good.npy", signals)
    np.save("few.npy", signals[:50])
    return content(tmp_path)


def content(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize(("command", "words"), MISTAKES, ids=[command for command, _ in MISTAKES])
def test_a_mistake_is_answered_in_a_sentence(
    command: str, words: str, things: dict, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # or usage errors are wrapped in a box of 80
    assert run(command.split()) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 8
    assert content(tmp_path) == things


def test_a_full_disk_leaves_no_file(plain: Path, tmp_path: Path) -> None:
    command = f"ulimit -f 64; exec {COMMAND} sample {plain} -n 1000000 -o x.npy"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "error: cannot write x.npy: File too large; nothing was written there" in done.stderr
    assert list(tmp_path.iterdir()) == []
