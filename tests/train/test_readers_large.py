"""Recordings larger than memory: they stay on the disk, and training on them takes no more memory than on few."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gansurrogate.errors import RecordingsError
from gansurrogate.train import Recordings, RunFolder, from_file
from gansurrogate.train.data import split
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.readers import spool

N = 600
SIGNALS = np.random.default_rng(0).standard_normal((N, 8)).astype(np.float32)
KIND = np.array(["up", "down"])[np.arange(N) % 2]


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything above 4 kB is large, and read piece by piece."""
    monkeypatch.setattr(spool, "MOST_BYTES", 4096)
    monkeypatch.setattr("gansurrogate.train.run_folder.MOST_BYTES", 4096)
    monkeypatch.setattr("gansurrogate.train.recordings.PIECE_BYTES", 1000)
    monkeypatch.setattr("gansurrogate.train.readers.csv_files.ROWS", 50)
    monkeypatch.setattr("gansurrogate.train.readers.parquet_files.ROWS", 50)


def in_csv(path: Path) -> None:
    lines = [f"{kind},{','.join(map(repr, map(float, row)))}" for kind, row in zip(KIND, SIGNALS, strict=True)]
    path.write_text("\n".join(["kind,a,b,c,d,e,f,g,h", *lines]))


def in_parquet(path: Path) -> None:
    table = pytest.importorskip("pyarrow").table({"kind": KIND} | {f"s{i}": SIGNALS[:, i] for i in range(8)})
    pytest.importorskip("pyarrow.parquet").write_table(table, path)


def in_hdf5(path: Path, **options: object) -> None:
    with pytest.importorskip("h5py").File(path, "w") as file:
        file.create_dataset("signals", data=SIGNALS, **options)
        file["kind"] = KIND.tolist()


def in_zarr(path: Path) -> None:
    group = pytest.importorskip("zarr").create_group(path)
    group.create_array("signals", data=SIGNALS, chunks=(100, 8))
    group.create_array("kind", data=np.arange(N) % 2)


WRITERS = {
    "x.npy": lambda path: np.save(path, SIGNALS),
    "double.npy": lambda path: np.save(path, SIGNALS.astype(float)),
    "x.csv": in_csv,
    "x.parquet": in_parquet,
    "x.h5": in_hdf5,
    "packed.h5": lambda path: in_hdf5(path, compression="gzip", chunks=(100, 8)),
    "x.zarr": in_zarr,
}


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("name", WRITERS)
def test_what_is_large_stays_on_the_disk_and_is_the_same(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    read = from_file(tmp_path / name)
    assert isinstance(read.signals, np.memmap)
    np.testing.assert_array_equal(read.signals, SIGNALS)
    if read.conditions:
        levels = np.array(read.spec.conditions[0].levels)  # in zarr 0 and 1
        np.testing.assert_array_equal(levels[read.conditions["kind"]], np.arange(N) % 2 if 0 in levels else KIND)
    in_memory = Recordings(read.name, read.spec, SIGNALS.copy(), read.conditions, {})
    assert read.digest() == in_memory.digest()
    assert Path(f"{read.signals.filename}").name == name if name in ("x.npy", "x.h5") else True  # no copy


@pytest.mark.usefixtures("little_memory")
def test_a_run_reads_a_large_file_again_and_keeps_no_copy(tmp_path: Path) -> None:
    in_csv(tmp_path / "x.csv")
    read = from_file(tmp_path / "x.csv", conditions=["kind"])
    run = RunFolder(tmp_path / "run")
    run.start({}, DefaultRecipe(), read)
    assert not (tmp_path / "run" / "recordings.npz").exists()
    again = RunFolder(tmp_path / "run", resume=True).recordings()
    assert (again.digest(), again.name, again.provenance) == (read.digest(), read.name, read.provenance)


def test_parts_of_windows_are_those_of_their_copies(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", SIGNALS)
    windows = from_file(tmp_path / "x.npy", window=16)
    assert windows.signals.base is not None
    copied = Recordings(windows.name, windows.spec, np.array(windows.signals), {}, {})
    for part, same in zip(split(windows, 100), split(copied, 100), strict=True):
        np.testing.assert_array_equal(part.signals[:], same.signals[:])
    assert windows.digest() == copied.digest()


# --- in a process of its own ------------------------------------------------------------------------------

LIMITED = """
import re, resource, sys
from pathlib import Path
import numpy as np
import torch
torch.set_num_threads(1)
from gansurrogate.train import Budget, RunFolder, from_file, recipe_from, train
from gansurrogate.train import run_folder
from gansurrogate.train.readers import spool

spool.MOST_BYTES = run_folder.MOST_BYTES = 2**20
SMALL = dict(width=16, depth=1, latent_size=3, head_width=16, head_depth=1, noise_head_width=8, octaves=1)
recipe = recipe_from(dict(SMALL, name="tiny", batch_size=32, pilot_signals=240, held_out_signals=60, checks=2))

def run(name, **options):
    recordings = from_file(name, **options)
    train(recordings, RunFolder(Path(f"{name}-run")), recipe=recipe, budget=Budget(steps=4), seed=1)
    return recordings

run("small.npy")  # loads what is loaded once
used = int(re.search(r"VmData:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (used + 64 * 2**20,) * 2)
for name, options in (("large.npy", {}), ("record.npy", {"window": 256})):
    recordings = run(name, **options)
    try:
        np.array(recordings.signals)
    except MemoryError:
        print(recordings.signals.nbytes)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_training_takes_little_memory_however_large_the_file(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.save(tmp_path / "small.npy", random.standard_normal((300, 256), np.float32))
    large = np.lib.format.open_memmap(tmp_path / "large.npy", "w+", np.float32, (2**17, 256))
    large[:] = random.standard_normal((2**17, 1), np.float32) + random.standard_normal(256, np.float32)
    large.flush()
    np.save(tmp_path / "record.npy", random.standard_normal(2**17, np.float32))
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [int(size) for size in done.stdout.split()] == [2**27, 4 * 256 * (2**17 - 255)]


NO_ROOM = """
import resource, signal
from gansurrogate.errors import RecordingsError
from gansurrogate.train.readers import spool
from gansurrogate.train.readers.from_file import from_file

spool.MOST_BYTES = 2**12
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2**13, 2**13))
try:
    from_file("x.csv")
except RecordingsError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the size of files")
def test_a_full_disk_is_said_with_the_way_out(tmp_path: Path) -> None:
    in_csv(tmp_path / "x.csv")
    command = [sys.executable, "-c", NO_ROOM]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "copied into the folder of temporary files" in done.stdout
    assert "set TMPDIR to another folder" in done.stdout


def test_what_no_disk_could_hold_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.importorskip("h5py").File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("signals", (2**40, 2**10), np.float64, chunks=(2**10, 2**10))  # a few bytes so far
    with pytest.raises(RecordingsError, match=r"4,503,599\.6 GB are needed"):
        from_file(tmp_path / "x.h5")
