"""Files cut short or overwritten, of every format: recordings, or a sentence that names the file; no other error."""

import gzip
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat, wavfile

from gansurrogate.errors import RecordingsError
from gansurrogate.train import from_file

N = 120
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.standard_normal((N, 16)).astype(np.float32)
KIND = np.array(["up", "down"])[np.arange(N) % 2]
ENERGY = np.linspace(10, 500, N)


def _npy(path: Path) -> None:
    np.save(path, SIGNALS)


def _npz(path: Path) -> None:
    np.savez_compressed(path, signals=SIGNALS, kind=KIND, energy=ENERGY)


def _csv(path: Path) -> None:
    rows = [f"{kind},{','.join(map(str, row))}" for kind, row in zip(KIND, SIGNALS, strict=True)]
    data = "\n".join(["kind," + ",".join(f"s{i}" for i in range(16)), *rows]).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def _parquet(path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"signals": SIGNALS.tolist(), "kind": KIND, "energy": ENERGY})
    pytest.importorskip("pyarrow.parquet").write_table(table, path)


def _hdf5(path: Path) -> None:
    with pytest.importorskip("h5py").File(path, "w") as file:
        file.create_dataset("signals", data=SIGNALS, compression="gzip", chunks=(40, 16))
        file["kind"] = KIND.tolist()
        file["energy"] = ENERGY


def _zarr(path: Path) -> None:
    group = pytest.importorskip("zarr").create_group(path)
    group.create_array("signals", data=SIGNALS, chunks=(40, 16))
    group.create_array("energy", data=ENERGY)


def _wav(path: Path) -> None:
    wavfile.write(path, 8000, SIGNALS.ravel())


def _mat(path: Path) -> None:
    savemat(path, {"signals": SIGNALS, "kind": KIND.astype(object), "energy": ENERGY}, do_compression=True)


def _idx(path: Path) -> None:
    path.write_bytes(gzip.compress(struct.pack(">HBBII", 0, 13, 2, N, 16) + SIGNALS.astype(">f4").tobytes()))


WRITERS: dict[str, Callable[[Path], None]] = {
    ".npy": _npy, ".npz": _npz, ".csv": _csv, ".csv.gz": _csv, ".parquet": _parquet, ".h5": _hdf5, ".zarr": _zarr,
    ".wav": _wav, ".mat": _mat, ".idx.gz": _idx,
}  # fmt: skip


def read(path: Path) -> None:
    """Any error but the package's own fails the test; so does a refusal that does not say which file."""
    said = ""
    try:
        from_file(path, **({"window": 16} if path.suffix == ".wav" else {}))
    except RecordingsError as error:
        said = str(error)
    assert not said or path.name.partition(".")[0] in said


def files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


@pytest.mark.parametrize("suffix", WRITERS)
def test_damage_by_chance(suffix: str, tmp_path: Path) -> None:
    whole = tmp_path / f"whole{suffix}"
    WRITERS[suffix](whole)
    read(whole)
    random = np.random.default_rng(1)
    for i in range(30):
        path = tmp_path / f"harmed{i}{suffix}"
        (shutil.copytree if whole.is_dir() else shutil.copy)(whole, path)
        file = files(path)[random.integers(len(files(path)))]
        data = bytearray(file.read_bytes())
        place = int(random.integers(len(data)) * random.random() ** (i % 3))  # headers more often than data
        if i % 2:
            data[place : place + 8] = random.bytes(min(8, len(data) - place))
        else:
            del data[place:]
        file.write_bytes(data)
        read(path)


@pytest.mark.parametrize("suffix", [s for s in WRITERS if s not in (".csv", ".npy", ".zarr")])
def test_a_file_cut_in_half_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"half{suffix}"
    WRITERS[suffix](path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(RecordingsError, match="half"):
        from_file(path, **({"window": 16} if suffix == ".wav" else {}))


def test_a_chunk_of_a_zarr_store_cut_in_half_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.zarr"
    _zarr(path)
    chunk = next(file for file in files(path) if "c" in file.parts and "signals" in file.parts)
    chunk.write_bytes(chunk.read_bytes()[:100])
    with pytest.raises(RecordingsError, match=r"half\.zarr is not a zarr store, or not a whole one"):
        from_file(path)
