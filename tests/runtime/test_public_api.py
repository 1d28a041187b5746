"""The public names of the package, on one screen; a new one is added here on purpose."""

import importlib
import inspect
import pkgutil
import re
from importlib.metadata import version

import pytest

import gansurrogate as gs
from gansurrogate import errors

PUBLIC = {
    "Axis", "Condition", "Cost", "FileContent", "Manifest", "RecordedSignals", "Sampler", "SignalGenerator",
    "SignalSpec", "Surrogate", "SurrogateError", "guard", "hookimpl", "load", "register", "signal_generator",
}  # fmt: skip

BUILT_IN = {
    "ArgumentError": ValueError, "ArgumentTypeError": TypeError, "SpecError": ValueError, "ConditionError": ValueError,
    "SurrogateFileError": ValueError, "ManifestError": ValueError, "SchemaVersionError": ValueError,
    "IntegrityError": ValueError, "ExternalDataError": ValueError, "OperatorError": ValueError,
    "GraphMismatchError": ValueError, "WheelError": ValueError, "SelfTestError": ArithmeticError,
    "MissingPackageError": ImportError,
    "DeviceError": RuntimeError, "SamplingError": RuntimeError, "DriftError": RuntimeError, "PluginError": RuntimeError,
    "UnknownNameError": LookupError, "FetchError": OSError, "OutputError": OSError, "PolicyError": PermissionError,
    "SignatureError": ValueError,
    "RecordingsError": ValueError, "TrainingError": RuntimeError, "ExportError": RuntimeError,
}  # fmt: skip
FILE_ERRORS = {"ManifestError", "SchemaVersionError", "IntegrityError", "ExternalDataError", "OperatorError",
               "GraphMismatchError", "SignatureError", "WheelError"}  # fmt: skip


def submodules():
    return {module.name for module in pkgutil.iter_modules(gs.__path__)}


def test_the_public_names_are_the_intended_ones():
    names = {name for name in vars(gs) if not name.startswith("_")} - submodules()
    assert names == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_documented(name):
    assert inspect.getdoc(getattr(gs, name))


def test_the_version_is_that_of_the_distribution():
    assert gs.__version__ == version("gansurrogate")
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+)?", gs.__version__)


def test_every_error_has_the_common_base_and_refines_a_built_in():
    found = {name: value for name, value in vars(errors).items() if inspect.isclass(value)}
    assert found.pop("SurrogateError") is gs.SurrogateError
    assert set(found) == set(BUILT_IN)
    for name, error in found.items():
        assert issubclass(error, gs.SurrogateError)
        assert issubclass(error, BUILT_IN[name])
        assert issubclass(error, errors.SurrogateFileError) == (name in {*FILE_ERRORS, "SurrogateFileError"})
        assert error.__doc__


def test_a_signal_generator_and_its_surrogate_answer_to_one_protocol():
    wanted = inspect.signature(gs.Sampler.sample).parameters
    for sampler in (gs.SignalGenerator, gs.Surrogate):
        parameters = inspect.signature(sampler.sample).parameters
        for name, parameter in wanted.items():
            assert (parameters[name].kind, parameters[name].default) == (parameter.kind, parameter.default)


def test_every_module_of_the_runtime_is_importable_on_its_own(run_python):
    modules = sorted(submodules() - {"cli", "train", "fidelity"})
    for name in modules:
        importlib.import_module(f"gansurrogate.{name}")
    run_python("; ".join(f"import gansurrogate.{name}" for name in reversed(modules)))
