"""What the runtime's tests share. Only numpy, onnxruntime, pluggy, pytest and jsonschema are needed here."""

import hashlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gansurrogate as gs
from gansurrogate.surrogate_file import read_manifest

DATA = Path(__file__).parent / "data"
GOLDEN = DATA / f"golden-{gs.__version__}.onnx"

sys.path.append(str(Path(__file__).parent))  # for golden_signals.py


# --- a tiny protobuf: enough to write and cut ONNX messages without the onnx package -----------------


def varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: an integer, or a text, bytes or message with its length before it."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def spans(message: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Each field of a message: number, where the field starts, where its content starts and ends."""
    at = start

    def read() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < (len(message) if end is None else end):
        first, tag = at, read()
        match tag & 7:
            case 0:
                content = at
                read()
            case wire:
                length = {1: 8, 5: 4}.get(wire) or read()
                content, at = at, at + length
        yield tag >> 3, first, content, at


class Protobuf:
    """The encoder, as a fixture: test files cannot import each other under --import-mode=importlib."""

    field = staticmethod(field)
    spans = staticmethod(spans)


@pytest.fixture(scope="session")
def protobuf() -> type[Protobuf]:
    return Protobuf


# --- the golden surrogate and damaged variants of it --------------------------------------------------


@pytest.fixture(scope="session")
def golden_path() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def golden_bytes() -> bytes:
    return GOLDEN.read_bytes()


@pytest.fixture(scope="session")
def golden() -> gs.Surrogate:
    return gs.load(GOLDEN, device="cpu", threads=2)


@pytest.fixture(scope="session")
def fields_path() -> Path:
    return DATA / f"fields-{gs.__version__}.onnx"


@pytest.fixture(scope="session")
def fields(fields_path: Path) -> gs.Surrogate:
    """Signals (6, 8) under conditions that are arrays: a field (6, 8) and a mask of its rows (6,)."""
    return gs.load(fields_path, device="cpu", threads=2)


@pytest.fixture(scope="session")
def text_path() -> Path:
    return DATA / f"text-{gs.__version__}.onnx"


@pytest.fixture(scope="session")
def text(text_path: Path) -> gs.Surrogate:
    """Sequences of 5 tokens under a condition that gives some of them."""
    return gs.load(text_path, device="cpu", threads=2)


@pytest.fixture(scope="session")
def conditions(golden: gs.Surrogate) -> dict[str, Any]:
    """Conditions of the first 200 rows."""
    return golden.draw_conditions(200, rng=3)


@pytest.fixture(scope="session")
def expected(golden: gs.Surrogate, conditions: dict[str, Any]) -> Any:
    """The first 200 rows of seed 3, in one call."""
    return golden.sample(200, conditions=conditions, rng=3)


def without_metadata(data: bytes) -> bytes:
    """The model with its metadata (field 14) cut out."""
    return b"".join(data[first:end] for number, first, _, end in spans(data) if number != 14)


def sealed_again(data: bytes) -> bytes:
    """The file with the SHA-256 over it that its manifest, the last part of it, has to carry."""
    key = b'"file_sha256":"'
    at = data.rindex(key) + len(key)
    zeroed = data[:at] + b"0" * 64 + data[at + 64 :]
    return zeroed[:at] + hashlib.sha256(zeroed).hexdigest().encode() + zeroed[at + 64 :]


@pytest.fixture(scope="session")
def model_bytes(golden_bytes: bytes) -> bytes:
    """The golden model without a manifest."""
    return without_metadata(golden_bytes)


@pytest.fixture(scope="session")
def manifest_dict(golden: gs.Surrogate) -> dict[str, Any]:
    """The golden manifest as plain JSON; `with_manifest` takes a changed copy."""
    return json.loads(golden.manifest.to_json())


@pytest.fixture(scope="session")
def with_manifest(model_bytes: bytes) -> Callable[..., bytes]:
    """The golden model, or `model`, with another manifest, sealed again so that its hash is right."""

    def build(
        manifest: dict[str, Any] | str | bytes, *, model: bytes = model_bytes, more: bytes = b"", sealed: bool = True
    ) -> bytes:
        plain = without_metadata(model) + more
        if isinstance(manifest, dict):
            if "graph_sha256" in manifest:
                manifest = {**manifest, "graph_sha256": hashlib.sha256(plain).hexdigest()}
            manifest = json.dumps(manifest, separators=(",", ":"))
        data = plain + field(14, field(1, "gansurrogate") + field(2, manifest))
        return sealed_again(data) if sealed else data

    return build


@pytest.fixture
def refuse(tmp_path):
    """Both ways of opening a file refuse `data` with exactly `error` and name the file."""

    def check(data, error, message, *, openers=(gs.load, read_manifest)):
        path = tmp_path / "some-surrogate.onnx"
        path.write_bytes(data)
        for opener in openers:
            with pytest.raises(error, match=message) as caught:
                opener(path)
            assert type(caught.value) is error
            assert str(path) in str(caught.value)
            assert "\n" not in str(caught.value)

    return check


# --- fake distributions -----------------------------------------------------------------------------

OFFERING = """
import gansurrogate as gs

class Constant(gs.SignalGenerator):
    spec = gs.SignalSpec(shape=(3,))
    def __init__(self, name):
        self.name = name
    def simulate(self, n, rng):
        return rng.random((n, 3))

@gs.hookimpl
def register_signal_generators(register):
    for name in {names!r}:
        register(Constant(name))
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a small distribution: a module and the metadata with its entry point, in a folder on sys.path."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = []

    def distribution(name, source="", *, offers=(), entry=None, group="gansurrogate", attribute=""):
        module = f"fake_{name}".replace("-", "_")
        offering = OFFERING.format(names=offers) if offers else ""
        (tmp_path / f"{module}.py").write_text(offering + source)
        info = tmp_path / f"{module}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry or name} = {module}{attribute}\n")
        importlib.invalidate_caches()
        modules.append(module)
        return module

    yield distribution
    for module in modules:
        sys.modules.pop(module, None)


# --- other processes ---------------------------------------------------------------------------------


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program in a fresh interpreter with a home folder of its own; warnings are errors there too."""
    home = tmp_path / "home"
    home.mkdir()

    def run(program: str, *arguments: object, check: bool = True, **environment: str):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_", "GANSUR"))}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program, *map(str, arguments)],
            env={**kept, "HOME": str(home), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if check and done.returncode:
            pytest.fail(f"the program ended with {done.returncode}:\n{done.stderr}")
        return done

    return run
