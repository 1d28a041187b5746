"""A file takes another manifest: its figures, its hash and nothing else change."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.errors import IntegrityError, ManifestError, OutputError
from gansurrogate.surrogate_file import read_manifest, write_manifest

GOLDEN = Path(__file__).parent / f"data/golden-{gs.__version__}.onnx"
FIGURE = {"spectral_auc": {"value": 0.51, "interval": [0.5, 0.52], "floor": 0.5, "n": 1000, "seed": 1}}
GIVEN = {"energy": 100.0, "kind": "a"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copy(GOLDEN, tmp_path / "model.onnx"))


def test_new_figures_stand_in_the_file_and_the_signals_stay(model: Path) -> None:
    before = gs.load(model)
    written = write_manifest(model, replace(before.manifest, fidelity=FIGURE))
    after = gs.load(model)
    assert after.manifest == written
    assert after.manifest.fidelity == FIGURE
    assert after.manifest.file_sha256 != before.manifest.file_sha256
    assert replace(written, fidelity=before.manifest.fidelity, file_sha256="") == replace(
        before.manifest, file_sha256=""
    )
    assert (after.sample(5, conditions=GIVEN, rng=1) == before.sample(5, conditions=GIVEN, rng=1)).all()


def test_the_old_manifest_gives_the_old_bytes(model: Path) -> None:
    old = read_manifest(model)
    write_manifest(model, replace(old, fidelity={**old.fidelity, **FIGURE}, description="x" * 20_000))
    write_manifest(model, old)
    assert model.read_bytes() == GOLDEN.read_bytes()


def test_figures_of_one_network_are_not_written_into_another(model: Path) -> None:
    """As if the file was replaced while it was judged."""
    judged = read_manifest(model)
    other = Path(shutil.copy(GOLDEN.with_name(GOLDEN.name.replace("golden", "text")), model.with_name("other.onnx")))
    with pytest.raises(IntegrityError, match=r"other.onnx: the manifest is that of the network .* replaced meanwhile"):
        write_manifest(other, replace(judged, fidelity=FIGURE))
    assert read_manifest(other).name == "text"


def test_a_manifest_that_could_not_be_read_again_is_not_written(model: Path) -> None:
    broken = replace(read_manifest(model), fidelity={"spectral_auc": {"value": 0.5}})
    with pytest.raises(ManifestError, match="floor"):
        write_manifest(model, broken)
    assert model.read_bytes() == GOLDEN.read_bytes()


def test_a_folder_that_takes_no_file_leaves_the_model_as_it_was(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="space"):
        write_manifest(model, replace(read_manifest(model), fidelity=FIGURE))
    assert model.read_bytes() == GOLDEN.read_bytes()
    assert [path.name for path in model.parent.iterdir()] == ["model.onnx"]
