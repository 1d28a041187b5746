"""Is this surrogate file sound, and how does it run here?"""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from gansurrogate.checked import CheckedFile
from gansurrogate.doctor.child import ask
from gansurrogate.doctor.finding import Finding, said
from gansurrogate.errors import (
    DeviceError,
    MissingPackageError,
    PluginError,
    PolicyError,
    SchemaVersionError,
    SelfTestError,
    SignatureError,
    SurrogateError,
    SurrogateFileError,
    WheelError,
)
from gansurrogate.providers import CPU
from gansurrogate.surrogate import Surrogate, load
from gansurrogate.surrogate_file import read

SECONDS = 0.5  # for each of two speeds
CALL = 0.05  # seconds that a call with several threads is to take
SHAPES = {"Shape", "Size", "Gather", "Squeeze", "Unsqueeze"}  # onnxruntime keeps lengths on the CPU on purpose
FIXES = {
    SchemaVersionError: "pip install -U gansurrogate",
    DeviceError: "repair what is said of the device above, or use --device cpu",
    MissingPackageError: "repair what is said of onnxruntime above",
    PluginError: "update or uninstall that plugin",
    PolicyError: "gansurrogate verify tells more",
    SignatureError: "get the file and its .sig again from where they were made",
    WheelError: "get the wheel again from where it was made",
}
AGAIN = "get the file again, with its .sig if it has one, from where it was made"
REFUSED = "export the file again, or update onnxruntime"


def check_model(path: str, device: str) -> Iterator[Finding]:
    """The file, its device, its self-test and its speed."""
    yield from ask(examine, path, device)[0]


def examine(path: str, device: str) -> Iterator[Finding]:
    """As `check_model`, in this process."""
    try:
        data, manifest = read(path)
        digest = manifest.file_sha256[:12]
        yield Finding(
            "file", f"{manifest.name} {manifest.version}, {len(data) / 1e6:.2f} MB, SHA-256 {digest}... holds"
        )
    except (SurrogateError, OSError) as error:
        yield Finding("file", said(error), "problem", fix_of(error))
        return
    try:
        surrogate = load(CheckedFile(Path(path), data), device=device, verify=False)  # what was read, and no other
    except (SurrogateError, OSError) as error:
        what = "file" if isinstance(error, SurrogateFileError | OSError) else "runs on"
        yield Finding(what, said(error), "problem", fix_of(error, REFUSED))
        return
    yield placed(surrogate)
    yield tested(surrogate)
    yield _timed(surrogate)


def fix_of(error: Exception, otherwise: str = AGAIN) -> str:
    """What to do about a surrogate that cannot be read, or (`otherwise`) is not loaded."""
    return next((fix for kind, fix in FIXES.items() if isinstance(error, kind)), otherwise)


def placed(surrogate: Surrogate) -> Finding:
    """The providers that run the graph's nodes, and which operators a device leaves to the CPU."""
    shares = surrogate.providers
    value = ", ".join(f"{name} {100 * share:.3g} % of the nodes" for name, share in shares.items() if share != 0)
    if 0 < shares.get(CPU, 0) < 1:
        left = surrogate._session.operators(CPU)
        value += f"; left to the CPU: {', '.join(f'{count} {kind}' for kind, count in left.most_common())}"
        if left.keys() - SHAPES:
            return Finding("runs on", value, "warning", "update onnxruntime; export the file again")
    return Finding("runs on", value)


def tested(surrogate: Surrogate) -> Finding:
    """Whether the surrogate gives the values here that its file promises."""
    allowed = f"{surrogate.manifest.self_test.atol:.1e} {surrogate.spec.unit}".rstrip()
    try:
        deviation = surrogate.self_test()
    except SelfTestError as error:
        return Finding(
            "self-test", str(error), "problem", "try --device cpu; where that passes, this device is at fault"
        )
    return Finding("self-test", f"passed: off by at most {deviation:.1e}, allowed {allowed}")


def _timed(surrogate: Surrogate) -> Finding:
    """The speed at the advised tile, beside the exporter's figure for one thread of its machine."""
    tile, threads = surrogate.manifest.tile, surrogate.threads
    exported = surrogate.manifest.export.get("microseconds_by_tile", {}).get(str(tile))
    microseconds = _microseconds(surrogate, tile)
    value = f"{microseconds:.3g} us per signal in tiles of {tile} on one thread"
    if exported is not None:
        value += f" ({exported:.3g} where it was exported)"
    if threads > 1:
        tiles = math.ceil(CALL * 1e6 / (tile * microseconds))
        value += f", {_microseconds(surrogate, threads * tiles * tile):.3g} us on {threads}"
    return Finding("speed", value)


def _microseconds(surrogate: Surrogate, n: int) -> float:
    """Per signal, sustained: all calls of `n` signals count but the first, which warms up."""
    conditions, tile = surrogate.draw_conditions(n, rng=0), surrogate.manifest.tile
    surrogate.sample(n, conditions=conditions, rng=0, tile=tile)
    times: list[float] = []
    while not times or sum(times) < SECONDS:
        began = time.perf_counter()
        surrogate.sample(n, conditions=conditions, rng=0, tile=tile)
        times.append(time.perf_counter() - began)
    return fmean(times) / n * 1e6
