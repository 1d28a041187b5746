"""`export_reduced`: a surrogate file with its network in lower precision, measured against the original and judged."""

import os
from dataclasses import replace
from importlib.metadata import version as version_of
from typing import Any, Literal, get_args

import numpy as np
import onnx

from gansurrogate import trust
from gansurrogate.arguments import check_integer
from gansurrogate.errors import ArgumentError, ExportError
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.findings import INDISTINGUISHABLE
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.sampling.request import Request
from gansurrogate.session import Feeds
from gansurrogate.surrogate import Surrogate, load_own
from gansurrogate.surrogate_file import Source, seal
from gansurrogate.testing import draw_varied
from gansurrogate_onnx.choice import TRIAL_SEED, Reduction, choose
from gansurrogate_onnx.half import Halves
from gansurrogate_onnx.integer import Integers
from gansurrogate_onnx.loss import ROWS, deviations, rows_of
from gansurrogate_onnx.rounding import self_test_of
from gansurrogate_onnx.tile import best, speed_ratio, sweep
from gansurrogate_onnx.verify import SIZES, check_cuts

Precision = Literal["float32", "float16", "int8"]
GATE = INDISTINGUISHABLE  # up to here the project's verdict calls signals hard to tell apart
SIGNALS = 4000  # on each side: an area under the ROC curve is then sure to 0.02
FEWEST = 100  # with fewer the judges see nothing


def export_reduced(
    surrogate: Source,
    path: str | os.PathLike[str],
    *,
    precision: Precision = "float16",
    gate: float = GATE,
    samples: int = SIGNALS,
) -> Manifest:
    """Write `surrogate` to `path` with its network in lower precision; the row law and what follows stay as they are.

    The weights that harm the signals least are reduced first, as many as the judges let pass. Size, speed, deviations
    and what the judges say go into the manifest.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file in float32, or its content.
    path : path-like
        Replaced if it exists.
    precision : "float16" or "int8"
        Weights stored as float16, or products of 8-bit integers.
    gate : float
        The largest area under the ROC curve that a judge of reduced against float32 signals may reach.
    samples : int
        Signals on each side that the judges are given.

    Returns
    -------
    Manifest
        As written.

    Raises
    ------
    SurrogateFileError
        If `surrogate` is not a sound surrogate.
    SignatureError, PolicyError
        If the policy of this machine refuses it.
    ArgumentError
        For another precision, an impossible gate, or fewer than 100 samples.
    ExportError
        If nothing can be reduced under the gate, the file would be larger, or the signals hang on rounding.
    OutputError
        If the file cannot be written.
    """
    path = check_writable(path, surrogate)
    check_options(precision, gate, samples)
    if precision == "float32":
        msg = "a surrogate is reduced to float16 or int8; float32 is what it is in"
        raise ArgumentError(msg)
    data = trust.admit(surrogate)[0]
    reduced = reduce(data, precision, gate=gate, samples=samples)
    with atomic_write(path) as file:
        file.write(reduced)
        file.seek(0)
        written = load_own(file.read())
        written.self_test()
    return written.manifest


def reduce(data: bytes, precision: str, *, gate: float = GATE, samples: int = SIGNALS) -> bytes:
    """The surrogate file `data` in lower precision; see `export_reduced`."""
    plain = load_own(data, threads=1)
    manifest = plain.manifest
    _check_reducible(manifest)
    model, tiles = onnx.load_from_string(data), _tiles(plain, TRIAL_SEED)
    reduction: Reduction = Halves(model) if precision == "float16" else Integers(model, tiles)
    names, figures = choose(plain, reduction, gate, samples)
    chosen = reduction.reduced(names)
    try:
        onnx.checker.check_model(chosen, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        msg = f"the reduced graph is not sound ONNX: {error}"
        raise ExportError(msg) from error
    draft = seal(chosen.SerializeToString(), manifest)
    if len(draft) >= len(data):
        msg = (
            f"the file in {precision} would be {len(draft) / len(data):.2f} times as large as that in float32, since"
            " weights that are used elsewhere too (in a Scan, say) stay beside the reduced ones: keep float32"
        )
        raise ExportError(msg)
    check_cuts(draft)
    expected = rows_of(plain, ROWS)
    test = self_test_of(draft, manifest, float(expected.std()))
    microseconds = sweep(draft)
    tile = best(microseconds)
    other = load_own(draft, threads=1, verify=False)
    sizes, speed = {"float32": len(data), precision: len(draft)}, speed_ratio(plain, manifest.tile, other, tile)
    facts: dict[str, Any] = manifest.export | {
        "exporter": f"gansurrogate-onnx {version_of('gansurrogate-onnx')}", "nodes": len(chosen.graph.node),
        "precision": precision, "parity": {str(n): _parity(plain, other, n) for n in SIZES},
        "cpu_only": precision == "int8" or manifest.export.get("cpu_only") is True,
        "microseconds_by_tile": {str(size): float(f"{us:.3g}") for size, us in microseconds.items()},
        "reduction": {
            "bytes": sizes, "speed": float(f"{speed:.3g}"),
            "weights": sorted(names), "kept_float32": sorted(set(reduction.names) - set(names)),
            "deviation": deviations(expected, rows_of(other, ROWS), manifest.spec.unit),
            "judges": {figure.name: _entry(figure) for figure in figures[1:]}, "gate": gate,
        },
    }  # fmt: skip
    # Not by the key file_sha256: a manifest has that once, and readers look for it in the bytes.
    origin = {
        "precision": "float32", "sha256": manifest.file_sha256, "sha256_of_graph": manifest.graph_sha256,
        "fidelity": manifest.fidelity,  # of another network: no gate may take them for this one's
    }  # fmt: skip
    return seal(draft, replace(
        manifest, self_test=test, tile=tile, export=facts, training={**manifest.training, "reduced_from": origin},
        fidelity={"reduction_auc": _entry(figures[0])},
    ))  # fmt: skip


def check_options(precision: str, gate: float, samples: int) -> None:
    """Refuse impossible options before the work."""
    if precision not in (known := get_args(Precision)):
        msg = f"the precision is one of {', '.join(known)}; got {precision!r}"
        raise ArgumentError(msg)
    if not 0.5 <= gate <= 1:
        msg = f"the gate is an area under the ROC curve, from 0.5 (nobody can tell) to 1 (everybody can); got {gate:g}"
        raise ArgumentError(msg)
    check_integer(samples, "samples", least=FEWEST)


def _check_reducible(manifest: Manifest) -> None:
    if (is_in := manifest.export.get("precision", "float32")) != "float32":
        msg = f"the surrogate is in {is_in} already; reduce the float32 file that it was made from"
        raise ExportError(msg)
    if manifest.spec.tokens:
        msg = "its signals are tokens: one that is drawn otherwise changes the rest of its sequence; keep float32"
        raise ExportError(msg)


def _tiles(surrogate: Surrogate, seed: int) -> list[Feeds]:
    """Inputs of the graph for `ROWS` rows: seed, rows, and conditions over their whole range."""
    given, tile = draw_varied(surrogate, ROWS, seed), surrogate.manifest.tile
    request = Request.of(surrogate.spec, ROWS, given, seed, 0, "error", tile)
    return [request.feeds(first, padded=False) for first in request.firsts()]


def _parity(plain: Surrogate, reduced: Surrogate, n: int) -> float:
    """Largest deviation of `n` rows in standard deviations of many."""
    spread = float(rows_of(plain, ROWS).std()) or 1.0
    return float(f"{np.abs(rows_of(reduced, n) - rows_of(plain, n)).max() / spread:.2g}")


def _entry(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "floor": figure.floor, "n": figure.n}
