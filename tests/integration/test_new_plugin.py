"""``gansurrogate new-plugin``: its projects install, pass their tests, are found, trained on and exported by."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.plugins import installed

Use = Callable[..., str]


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Install a project into a folder of its own, without the network, and run Python where it is seen."""
    site = tmp_path / "site"
    path = os.pathsep.join([str(site), *(part for part in sys.path if part)])

    def python(*arguments: object, install: Path | None = None) -> str:
        if install is not None:
            options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target", site)
            python("-m", "pip", "install", *options, install)
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield python
    installed.cache_clear()


PYTEST = ("-W", "error", "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")


def test_a_new_signal_generator_installs_passes_its_tests_and_trains_at_once(
    use: Use, tmp_path: Path, recipe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["new-plugin", "gansurrogate-probe", "--author", "E. M\u00fcller", "--license", "BSD-3-Clause"]) == 0
    project = tmp_path / "gansurrogate-probe"
    assert "E. M\u00fcller" in (project / "LICENSE").read_text()
    use(*PYTEST, project, install=project)
    monkeypatch.syspath_prepend(tmp_path / "site")
    installed.cache_clear()
    assert run(["simulate", "probe", "-n", "300", "--seed", "1", "-o", "real.npz"]) == 0
    assert run(["train", "probe", "--recipe", recipe, "--steps", "20", "--run", "run", "-o", "probe.onnx"]) == 0
    signals = gs.load(tmp_path / "probe.onnx").sample(50, conditions={"speed": 2.0}, rng=7)
    assert signals.shape == (50, 128)
    assert np.isfinite(signals).all()
    manifest = gs.load(tmp_path / "probe.onnx").manifest
    assert manifest.training["plugin"] == "probe of gansurrogate-probe 0.1.0"


def test_a_new_exporter_installs_and_passes_its_tests(use: Use, tmp_path: Path, golden: Path) -> None:
    assert run(["new-plugin", "acme-bank", "--kind", "exporter", "--license", "Apache-2.0"]) == 0
    project = tmp_path / "acme-bank"
    assert "Apache License" in (project / "LICENSE").read_text()
    use(*PYTEST, project, install=project)
    program = (
        "import sys; from gansurrogate.plugins import exporter; exporter('acme-bank')(sys.argv[1], 'bank.npz', rows=7)"
    )
    use("-c", program, golden)
    with np.load(tmp_path / "bank.npz") as bank:
        assert bank["signals"].shape == (7, 2, 16)


def test_the_file_in_the_exporters_project_is_the_golden_one(golden: Path) -> None:
    template = Path(gs.__file__).parent / "templates" / "exporter" / "tests" / "model.onnx"
    assert template.read_bytes() == golden.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["My_Plugin"], "words of a-z and 0-9 with single hyphens between, a letter first; got 'My_P"),
        (["My_Wave"], "'; try my-wave"), (["a--b"], "try a-b"), (["../evil"], "try evil"),
        (["-x"], "No such option"), (["3d"], "a letter first"),
        ([""], "a letter first"), (["gansurrogate-3d"], "after gansurrogate- a name begins with a letter"),
        (["numpy"], "the package numpy would hide a module of that name"), (["class"], "would hide a module"),
        (["json"], "choose another name, such as gansurrogate-json"), (["gansurrogate"], "would hide a module"),
        (["signals"], "gansurrogate-signals has a plugin 'signals' already"),
        (["gansurrogate-noisy-sine"], "there is a signal generator 'noisy-sine' already"),
        (["onnx", "--kind", "exporter"], "would hide a module"),
        (["waves", "--folder", "nowhere"], "there is no folder nowhere"),
        (["there"], "there is there already: give another name, or another --folder"),
        (["waves", "--author", 'a"b'], "one line without quotation marks"), (["waves", "--kind", "recipe"], "exporter"),
        (["waves", "--license", "mine"], "Apache-2.0"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_with_the_way_out_and_nothing_is_left(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").mkdir()
    assert run(["new-plugin", *arguments]) == 2
    said = " ".join(capsys.readouterr().err.replace("\u2502", " ").split())
    assert message in said
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert list((tmp_path / "there").iterdir()) == []


def test_a_project_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    assert run(["new-plugin", "waves"]) == 2
    assert "cannot write waves: No space left on device; nothing was written there" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_copier_the_pip_line_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "copier", None)
    assert run(["new-plugin", "waves"]) == 2
    assert "pip install 'gansurrogate[new-plugin]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
