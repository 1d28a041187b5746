"""`gansurrogate sample` into each kind of file, and on with an unfinished one."""

import json
import shlex
import signal
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.storage import streaming
from gansurrogate.storage.streaming import sample_to, unfinished

Capture = pytest.CaptureFixture[str]
SUFFIXES = [".npy", ".npz", ".h5", ".hdf5", ".zarr"]


def arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file by name; a category as the index into its levels."""
    if path.suffix == ".npy":
        return {"signals": np.load(path)}
    if path.suffix == ".npz":
        kept = dict(np.load(path))
        return {**kept, "kind": np.array(["abc".index(level) for level in kept["kind"]])}
    if path.suffix == ".zarr":
        group = pytest.importorskip("zarr").open_group(path, mode="r")
        return {name: array[...] for name, array in group.arrays()}
    with pytest.importorskip("h5py").File(path, "r") as file:
        return {name: array[...] for name, array in file.items()}


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest) -> Path:
    if request.param in (".h5", ".hdf5", ".zarr"):
        pytest.importorskip("zarr" if request.param == ".zarr" else "h5py")
    return Path(f"signals{request.param}")


def test_each_kind_of_file_holds_the_same_rows(golden: Path, path: Path, capsys: Capture) -> None:
    command = ["sample", golden, "--rows", "50:250", "--seed", 3, "--condition", "energy=20", "-o", path, "--json"]
    assert run([*map(str, command)]) == 0
    said, surrogate = json.loads(capsys.readouterr().out), gs.load(golden)
    assert sorted(said) == ["output", "providers", "seconds", "seed", "shape", "signals", "start"]
    assert (said["output"], said["signals"], said["seed"], said["start"]) == (str(path), 200, 3, 50)
    conditions = {**surrogate.draw_conditions(200, rng=3, start=50), "energy": 20}
    found = arrays(path)
    np.testing.assert_array_equal(
        found["signals"], surrogate.sample(200, conditions=conditions, rng=3, start=50), strict=True
    )
    if path.suffix != ".npy":
        assert found["energy"].tolist() == [20] * 200
        assert ["abc"[index] for index in found["kind"]] == conditions["kind"].tolist()
    assert [file.name for file in Path().iterdir()] == [path.name]


def test_all_but_npy_keep_the_conditions_and_npy_says_so(golden: Path, path: Path, capsys: Capture) -> None:
    assert run(["sample", str(golden), "-n", "5", "--seed", "1", "-o", str(path)]) == 0
    said = "conditions are not kept in .npy; write .npz, .h5 or .zarr" in capsys.readouterr().err
    assert said == (path.suffix == ".npy")


def test_parts_of_different_jobs_join_to_one_run(golden: Path) -> None:
    for rows, output in (("0:300", "whole"), ("0:101", "a"), ("101:120", "b"), ("120:300", "c")):
        assert run(["sample", str(golden), "--rows", rows, "--seed", "3", "-o", f"{output}.npy"]) == 0
    whole, *parts = (np.load(f"{name}.npy") for name in ("whole", "a", "b", "c"))
    assert np.concatenate(parts).tobytes() == whole.tobytes()


class Interrupted(BaseException):
    """Ends the first call."""


@pytest.fixture
def begun(golden: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An unfinished file of 100 of 300 rows."""
    surrogate = gs.load(golden)
    conditions = surrogate.draw_conditions(300, rng=6)
    monkeypatch.setattr(streaming, "IN_FLIGHT", 1)  # or another chunk would be at hand

    def progress(done: int, n: int) -> None:
        if done >= 100:
            raise Interrupted

    with pytest.raises(Interrupted):
        sample_to(surrogate, "x.npy", 300, conditions=conditions, rng=6, chunk=50, progress=progress)
    return Path("x.npy")


def test_an_unfinished_file_is_gone_on_with_and_has_its_seed(golden: Path, begun: Path, capsys: Capture) -> None:
    assert run(["sample", str(golden), "-n", "300", "-o", str(begun), "--json"]) == 0
    told = capsys.readouterr()
    assert "going on: 100 of 300 signals are there" in told.err
    assert json.loads(told.out)["seed"] == 6
    surrogate = gs.load(golden)
    expected = surrogate.sample(300, conditions=surrogate.draw_conditions(300, rng=6), rng=6)
    np.testing.assert_array_equal(np.load(begun), expected)
    assert [file.name for file in Path().iterdir()] == [begun.name]


def test_an_unfinished_file_of_another_call_is_refused(golden: Path, begun: Path, capsys: Capture) -> None:
    assert run(["sample", str(golden), "-n", "301", "-o", str(begun)]) == 2
    told = capsys.readouterr().err
    assert "x.npy.part is the unfinished file of another call: n was 300 and is 301" in told
    assert "Give the same arguments to go on with it, or delete it to start anew" in told
    assert unfinished(begun)["n"] == 300


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupt_keeps_what_is_there_and_prints_the_way_to_go_on(
    start, golden: Path, number: signal.Signals
) -> None:
    given = ["-n", 10**7, "--start", 5, "--seed", 4, "--condition", "energy=20", "--condition", "kind=b"]
    process = start("sample", golden, *given, "-o", "my signals.npy")
    journal = Path("my signals.npy.part.journal")
    while process.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") > 1):
        pass
    process.send_signal(number)
    said = process.stderr.read()
    assert process.wait() == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert process.stdout.read() == ""
    program, *again = shlex.split(said.partition("to go on: ")[2].splitlines()[0])
    assert program == "gansurrogate"
    # Here the other chunks are called finished, or they would take a minute.
    job = unfinished("my signals.npy")
    kept = {int(line) for line in journal.read_text().splitlines()[1:]}
    with journal.open("a") as file:
        file.writelines(f"{chunk}\n" for chunk in range(-(-job["n"] // job["chunk"])) if chunk not in kept)
    assert run(again) == 0
    assert [file.name for file in Path().iterdir()] == ["my signals.npy"]
    first = min(kept) * job["chunk"]
    expected = gs.load(golden).sample(100, conditions={"energy": 20, "kind": "b"}, rng=4, start=5 + first)
    found = np.load("my signals.npy", mmap_mode="r")
    assert found.shape == (10**7, 2, 16)
    np.testing.assert_array_equal(found[first : first + 100], expected)
