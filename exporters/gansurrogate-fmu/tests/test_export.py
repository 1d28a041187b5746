"""What is written, what is refused, and that torch and onnx are not needed."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import fmpy
import numpy as np
import pytest
from gansurrogate_fmu import export
from gansurrogate_fmu.binary import compile_unit, compiler
from gansurrogate_fmu.variables import numbers, sample_time, variables_of

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ExportError, MissingPackageError, OutputError, SurrogateFileError

ALONE = """
import sys
for name in ("torch", "onnx", "onnxscript", "scipy", "sklearn"):
    sys.modules[name] = None  # importing it fails
from gansurrogate.cli.app import run
model, unit = sys.argv[1:]
assert run(["export", model, "--to", "fmu", "-o", unit, "--option", "step=0.25"]) == 0
import fmpy
result = fmpy.simulate_fmu(unit, start_values={"row": 4, "seed": 2}, output=["signal[1]"])
import gansurrogate as gs
signal = gs.load(model).sample(1, conditions={"energy": 255, "kind": "a"}, rng=2, start=4)[0, 0]
assert (result["signal[1]"] == signal).all(), result["signal[1]"]
assert (result["time"] == [0.25 * k for k in range(16)]).all()
"""


def test_the_command_exports_and_fmpy_simulates_where_torch_cannot_be_imported(unit, file, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, file("golden"), tmp_path / "golden.fmu"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "golden.fmu, 1" in done.stderr  # megabytes
    with zipfile.ZipFile(tmp_path / "golden.fmu") as archive:
        names = archive.namelist()
        assert archive.read("resources/surrogate.onnx") == file("golden").read_bytes()
    assert {"modelDescription.xml", "documentation/index.html", "sources/unit.c"} <= set(names)
    assert "documentation/licenses/onnxruntime-LICENSE" in names


def test_the_description_says_units_ranges_and_levels(unit, file) -> None:
    description = fmpy.read_model_description(str(unit("golden")))
    variables = {variable.name: variable for variable in description.modelVariables}
    energy, kind, signal = (variables[name] for name in ("energy", "kind", "signal[2]"))
    assert (energy.unit, energy.min, energy.max, energy.start) == ("keV", "10", "500", "255.0")
    assert [(item.name, item.value) for item in kind.declaredType.items] == [("a", "1"), ("b", "2"), ("c", "3")]
    assert (signal.unit, signal.causality, signal.variability) == ("V", "output", "discrete")
    assert float(description.defaultExperiment.stepSize) == 1e-6
    assert float(description.defaultExperiment.stopTime) == pytest.approx(15e-6)
    page = (unit("golden") / "documentation" / "index.html").read_text()
    assert gs.load(file("golden")).manifest.file_sha256 in page
    assert "<td>energy</td><td>Real</td><td>keV</td><td>10 to 500</td>" in page


@pytest.mark.parametrize(
    ("axis", "step", "expected"),
    [
        (gs.Axis("time", "ms", step=0.1), None, 1e-4),
        (gs.Axis("time", "h", step=-2), None, 7200),
        (gs.Axis("x", "mm", step=0.5), None, 0.5),
        (gs.Axis("time", "s"), 1e-3, 1e-3),
    ],
)
def test_the_time_from_sample_to_sample(axis: gs.Axis, step: float | None, expected: float) -> None:
    assert sample_time(axis, step) == pytest.approx(expected, rel=1e-15)


def test_levels_that_are_integers_are_their_own_numbers() -> None:
    assert numbers(gs.Condition("digit", levels=[0, 7, -3])) == [0, 7, -3]
    assert numbers(gs.Condition("digit", levels=[0, 2**40])) == [1, 2]
    assert numbers(gs.Condition("kind", levels=["x", "y"])) == [1, 2]


def test_a_condition_with_the_name_of_a_parameter_and_too_many_scalars_are_refused() -> None:
    row = gs.Condition("row", low=0, high=1)
    with pytest.raises(ExportError, match="parameter 'row' of its own: train with another name"):
        variables_of(gs.SignalSpec((4,), conditions=[row]))
    with pytest.raises(ExportError, match="40000 scalars are more than hosts bear"):
        variables_of(gs.SignalSpec((40_000, 2)))


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan"), float("inf")])
def test_a_step_is_a_positive_number(file, step: float, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="step is the time from sample to sample"):
        export(file("golden"), tmp_path / "x.fmu", step=step)


def test_what_is_no_surrogate_or_cannot_be_written_is_refused(tmp_path: Path, file) -> None:
    (tmp_path / "x.onnx").write_text("not a model")
    with pytest.raises(SurrogateFileError, match=r"x\.onnx"):
        export(tmp_path / "x.onnx", tmp_path / "x.fmu")
    with pytest.raises(OutputError, match="does not exist"):
        export(file("golden"), tmp_path / "missing" / "x.fmu")


def test_without_a_compiler_the_error_says_what_to_install(file, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPackageError, match="there is no C compiler: apt-get install gcc"):
        export(file("golden"), tmp_path / "x.fmu")
    monkeypatch.setenv("CC", str(tmp_path / "none"))
    with pytest.raises(ExportError, match="set CC to one that is there"):
        export(file("golden"), tmp_path / "x.fmu")
    assert list(tmp_path.iterdir()) == []


def test_what_the_compiler_says_reaches_the_user(unit, tmp_path: Path) -> None:
    (tmp_path / "broken.c").write_text("int f(void) { return }")
    with pytest.raises(ExportError, match=r"(?s)the C compiler failed .*broken\.c:1"):
        compile_unit(tmp_path, tmp_path / "x.so")


def test_the_c_code_compiles_without_a_warning(unit, tmp_path: Path, monkeypatch) -> None:
    strict = [*compiler(), "-Wall", "-Wextra", "-Werror", "-Wno-format-truncation"]  # long messages are cut
    monkeypatch.setenv("CC", " ".join(strict))
    for name in ("golden", "text"):
        compile_unit(unit(name) / "sources", tmp_path / f"{name}.so")


def test_a_unit_with_a_damaged_surrogate_does_not_start_and_says_why(unit, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(unit("golden"), tmp_path / "spaced name %41"))  # the URI has escapes
    assert np.isfinite(fmpy.simulate_fmu(str(folder), output=["signal[1]"])["signal[1]"]).all()
    (folder / "resources" / "surrogate.onnx").write_bytes(b"damaged")
    said: list[str] = []
    with pytest.raises(Exception, match="nstantiate"):
        fmpy.simulate_fmu(str(folder), logger=lambda *message: said.append(message[-1].decode()))
    assert "surrogate.onnx" in said[0]
