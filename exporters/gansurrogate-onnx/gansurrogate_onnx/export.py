"""`export`: a trained generator becomes one self-contained, verified surrogate file."""

import os
from dataclasses import replace
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import onnx
from onnx import compose

import gansurrogate
from gansurrogate.errors import ExportError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate import load_own
from gansurrogate.surrogate_file import seal
from gansurrogate.train.trained import TrainedGenerator
from gansurrogate_onnx.network_graph import condition_inputs, network_graph, strip
from gansurrogate_onnx.recurrent import lstm_as_scan, lstm_unrolled
from gansurrogate_onnx.reduced import GATE, SIGNALS, Precision, check_options, reduce
from gansurrogate_onnx.rowlaw_graph import row_law
from gansurrogate_onnx.self_test import self_test
from gansurrogate_onnx.tile import TILES, best, sweep
from gansurrogate_onnx.verify import check_cuts, parity

OPSET = 18  # the highest at which every operator has CPU and CUDA kernels in all onnxruntime since 1.21
IR_VERSION = 8  # what goes with it


def export(
    trained: TrainedGenerator,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    version: str = "1",
    license: str = "",
    citation: str = "",
    description: str = "",
    tile: int | None = None,
    cpu_only: bool = False,
    precision: Precision = "float32",
    gate: float = GATE,
    samples: int = SIGNALS,
) -> Manifest:
    """Write `trained` to `path`.

    The file holds the row law, the network and the manifest; it is a pure function of ``seed`` and ``rows`` (and
    conditions), gives physical signals, and needs no other file. Before it is put in place it is compared with
    PyTorch at N = 1, 2, 7 and 257; what was written to disk is read back and compared once more.

    Parameters
    ----------
    trained : TrainedGenerator
    path : path-like
        Replaced if it exists.
    name : str, optional
        Of the surrogate; the trained generator's by default.
    version, license, citation, description : str
        For the manifest; `license` is an SPDX expression.
    tile : int, optional
        Advised number of rows in one inference call; by default the one that is fastest on this machine.
    cpu_only : bool
        Use an operator that only CPUs have: the same signals, up to a seventh sooner.
    precision : "float32", "float16" or "int8"
        Of the network; the lower ones as `gansurrogate_onnx.export_reduced` makes them.
    gate : float
        The largest area under the ROC curve that a judge of signals in lower precision against float32 ones may reach.
    samples : int
        Signals on each side that the judges are given.

    Returns
    -------
    Manifest
        As written.

    Raises
    ------
    ExportError
        If the graph does not reproduce PyTorch's signals, or a lower precision does not pass the gate.
    ArgumentError
        For another precision, an impossible gate, or fewer than 100 samples.
    OutputError
        If the file cannot be written.
    """
    path = check_writable(Path(path))
    check_options(precision, gate, samples)
    forms = build(trained, cpu_only=cpu_only)
    manifest = Manifest(
        name=name or trained.name, spec=trained.spec, latents=trained.latents, self_test=self_test(trained),
        version=version, license=license, citation=citation, description=description,
        training={**trained.training, "packages": _packages(trained)}, fidelity=trained.fidelity,
    )  # fmt: skip
    drafts = {form: with_manifest(model, manifest) for form, model in forms.items()}
    speeds = {form: sweep(draft, [tile] if tile else TILES) for form, draft in drafts.items()}
    form = min(speeds, key=lambda name: min(speeds[name].values()))
    model, draft, microseconds = forms[form], drafts[form], speeds[form]
    check_cuts(draft)
    facts: dict[str, Any] = {
        "exporter": f"gansurrogate-onnx {version_of('gansurrogate-onnx')}", "opset": OPSET, "ir_version": IR_VERSION,
        "nodes": len(model.graph.node), "precision": "float32", "parity": parity(draft, trained),
        "cpu_only": cpu_only, "recurrence": form,
        "microseconds_by_tile": {str(size): float(f"{us:.3g}") for size, us in microseconds.items()},
    }  # fmt: skip
    manifest = replace(manifest, export=facts, tile=best(microseconds))
    data = with_manifest(model, manifest)
    if precision != "float32":
        parity(data, trained)
        data = reduce(data, precision, gate=gate, samples=samples)
    with atomic_write(path) as file:  # removed again if what was written does not stand the same test
        file.write(data)
        file.seek(0)
        written = file.read()
        if precision == "float32":
            parity(written, trained)
        surrogate = load_own(written)
        surrogate.self_test()
    return surrogate.manifest


def build(trained: TrainedGenerator, *, cpu_only: bool = False) -> dict[str, onnx.ModelProto]:
    """Row law and network as one model, without manifest, in every form that its recurrent nodes may take."""
    network = network_graph(trained, OPSET)
    forms = {"operator": network, "scan": lstm_as_scan(network), "unrolled": lstm_unrolled(network)}
    law = row_law(trained.latents, OPSET, IR_VERSION, cpu_only=cpu_only)
    return {form: _merged(law, model, trained) for form, model in forms.items() if model is not None}


def _merged(law: onnx.ModelProto, network: onnx.ModelProto, trained: TrainedGenerator) -> onnx.ModelProto:
    network.ir_version = IR_VERSION
    names = {
        f"network/{old}": c.name for old, c in zip(condition_inputs(trained), trained.spec.conditions, strict=True)
    }
    try:
        # No condition can be called like an inner tensor: its name is an identifier, and "/" is in none.
        law = compose.add_prefix(law, "law/", rename_inputs=False, rename_outputs=False)
        network = compose.add_prefix(network, "network/", rename_outputs=False, rename_initializers=False)
        # The latent keeps its name through the merge: a stable place to cut the graph.
        model = compose.merge_models(law, network, io_map=[("latent", "network/latent")], name="surrogate")
        for value in model.graph.input:
            value.name = names.get(value.name, value.name)
        for node in model.graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
        strip(model)
        del model.opset_import[1:]  # the merge keeps both models' entries for the one domain
        model.producer_name, model.producer_version = "gansurrogate", gansurrogate.__version__
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        msg = f"the exported graph is not sound ONNX (a network with control flow cannot be exported): {error}"
        raise ExportError(msg) from error
    return model


def with_manifest(model: onnx.ModelProto, manifest: Manifest) -> bytes:
    """The file's bytes: `model` with `manifest` inside, and the hashes of both."""
    return seal(model.SerializeToString(), manifest)


def _packages(trained: TrainedGenerator) -> dict[str, str]:
    packages = dict(trained.training.get("packages", {}))
    return packages | {name: version_of(name) for name in ("gansurrogate", "numpy", "onnx", "torch")}
