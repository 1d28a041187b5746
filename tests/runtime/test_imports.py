"""What the runtime imports, prints and leaves behind inside somebody else's process; each in a fresh one."""

import importlib.util
import json
from importlib.metadata import distributions

import pytest

HEAVY = (
    *("onnxruntime", "torch", "onnx", "scipy", "sklearn", "matplotlib", "typer", "rich", "h5py", "zarr", "pyarrow"),
    *("pooch", "requests", "urllib3", "fsspec", "huggingface_hub", "model_signing", "cryptography"),
)

DISCOVER = """
import gansurrogate as gs
from gansurrogate import plugins, testing
found = plugins.discover({})
assert not found.broken, found.broken
plugins.exporter_names()
"""
SAMPLE = """
import sys
import gansurrogate as gs
surrogate = gs.load(sys.argv[1])
surrogate.self_test()
surrogate.sample(300, conditions=surrogate.draw_conditions(300, rng=1), rng=1)
list(surrogate.iter_tiles(10, conditions={"energy": 100, "kind": "a"}))
"""
LOADED = "\nimport json, sys\nprint(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
WITHOUT = "import sys\nfor name in {names!r}:\n    sys.modules[name] = None\n"


def loaded(done):
    return set(json.loads(done.stdout))


def test_import_and_discovery_bring_nothing_heavy(run_python):
    assert loaded(run_python(DISCOVER + LOADED)).isdisjoint(HEAVY)


def test_sampling_imports_onnxruntime_and_nothing_else_heavy(run_python, golden_path):
    modules = loaded(run_python(SAMPLE + LOADED, golden_path))
    assert modules & set(HEAVY) == {"onnxruntime"}


def test_sampling_beside_every_plugin_and_exporter_imports_no_torch(run_python, golden_path):
    modules = loaded(run_python(DISCOVER + SAMPLE + LOADED, golden_path))
    assert modules & set(HEAVY) == {"onnxruntime"}


def test_sampling_works_where_nothing_else_is_installed(run_python, golden_path):
    names = [name for name in HEAVY if name != "onnxruntime"]
    run_python(WITHOUT.format(names=names) + DISCOVER + SAMPLE, golden_path)


def test_loading_and_sampling_print_nothing_and_leave_no_files(run_python, golden_path, tmp_path):
    done = run_python(SAMPLE, golden_path)
    assert (done.stdout, done.stderr) == ("", "")
    assert list((tmp_path / "home").rglob("*")) == []


def test_a_refused_file_prints_nothing_by_itself(run_python, tmp_path, with_manifest, manifest_dict, protobuf):
    node = protobuf.field(2, "extra_output") + protobuf.field(4, "NoSuchOperator")
    path = tmp_path / "refused.onnx"
    path.write_bytes(with_manifest(manifest_dict, more=protobuf.field(7, protobuf.field(1, node))))
    refused = "\ntry:\n    gs.load(sys.argv[1])\nexcept gs.SurrogateError:\n    sys.exit(7)\n"
    done = run_python("import sys\nimport gansurrogate as gs" + refused, path, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


@pytest.mark.parametrize(("environment", "value"), [({}, "1"), ({"ORT_DISABLE_TELEMETRY": "0"}, "0")])
def test_telemetry_is_off_unless_the_user_wants_it(run_python, golden_path, environment, value):
    show = "\nimport os\nprint(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert run_python(SAMPLE + show, golden_path, **environment).stdout.strip() == value


def test_the_host_keeps_its_random_state_filters_and_signal_handlers(run_python, golden_path):
    snapshot = """
import logging, random, signal, warnings
import numpy as np
def state():
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    loggers = (logging.getLogger().handlers, logging.getLogger("gansurrogate").level)
    return repr((random.getstate(), np.random.get_state(), warnings.filters, handlers, loggers, np.geterr()))
before = state()
"""
    run_python(snapshot + SAMPLE + "\nassert state() == before\n", golden_path)


# --- backends ----------------------------------------------------------------------------------------

REFUSED = """
import sys
import gansurrogate as gs
from gansurrogate.errors import *
try:
    gs.load(sys.argv[1], device=sys.argv[2])
except {error} as error:
    print(error)
"""


def test_a_missing_onnxruntime_names_the_pip_line(run_python, golden_path):
    program = WITHOUT.format(names=["onnxruntime"]) + REFUSED.format(error="MissingPackageError")
    message = run_python(program, golden_path, "auto").stdout
    assert "sampling needs onnxruntime" in message
    assert "pip install 'gansurrogate[cpu]'" in message


def test_a_missing_onnxruntime_leaves_the_rest_usable(run_python, golden_path):
    program = (
        WITHOUT.format(names=["onnxruntime"])
        + DISCOVER
        + """
from gansurrogate.surrogate_file import read_manifest
print(read_manifest(sys.argv[1]).name)
"""
    )
    assert run_python(program, golden_path).stdout == "golden\n"


def test_both_onnxruntime_wheels_at_once_are_refused(run_python, golden_path, tmp_path):
    for name in ("onnxruntime", "onnxruntime_gpu"):
        info = tmp_path / "site" / f"{name}-1.31.0.dist-info"
        info.mkdir(parents=True)
        wheel = name.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {wheel}\nVersion: 1.31.0\n")
    program = "import sys\nsys.path.insert(0, sys.argv[3])\n" + REFUSED.format(error="MissingPackageError")
    message = run_python(program, golden_path, "auto", tmp_path / "site").stdout
    assert "both onnxruntime and onnxruntime-gpu are installed" in message
    assert "pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'gansurrogate[cpu]'" in message


def gpu_wheel():
    return any(d.name == "onnxruntime-gpu" for d in distributions())


@pytest.mark.skipif(gpu_wheel(), reason="this onnxruntime can use CUDA")
@pytest.mark.parametrize("device", ["cuda", "cuda:1", "CUDAExecutionProvider"])
def test_cuda_is_refused_by_the_cpu_wheel_with_the_way_out(run_python, golden_path, device):
    message = run_python(REFUSED.format(error="DeviceError"), golden_path, device).stdout
    assert f"device '{device}' cannot be used" in message
    assert "pip install 'gansurrogate[gpu]'" in message


def test_an_unknown_device_is_refused_with_the_known_ones(run_python, golden_path):
    message = run_python(REFUSED.format(error="DeviceError"), golden_path, "nonsense").stdout
    assert "device 'nonsense' cannot be used" in message
    assert "CPUExecutionProvider" in message


def test_these_tests_themselves_need_no_training_package():
    """A runtime test that imports torch or onnx would fail on a lean machine; here it would go unnoticed."""
    from pathlib import Path

    for path in Path(__file__).parent.glob("*.py"):
        lines = [line.split() for line in path.read_text().splitlines() if not line.startswith(" ")]
        imported = {words[1].partition(".")[0] for words in lines if words[:1] in (["import"], ["from"])}
        assert imported.isdisjoint({*HEAVY, "gansurrogate_onnx", "gansurrogate_signals"}), path
    assert importlib.util.find_spec("onnxruntime")
