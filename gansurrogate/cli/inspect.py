"""``gansurrogate inspect``: what a surrogate file says of itself."""

from typing import Any

from gansurrogate import places
from gansurrogate.cli.arguments import Model
from gansurrogate.cli.console import Json, print_json, print_table
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate_file import read_manifest
from gansurrogate.upgrades import SCHEMA


def inspect(model: Model, json: Json = False) -> None:
    """Show the manifest of a surrogate file; its hash and contents are checked."""
    manifest = read_manifest(places.find(model))
    if json:
        print_json(manifest.to_dict())
        return
    print_table(model, ("", ""), _rows(manifest))


def _rows(manifest: Manifest) -> list[tuple[str, Any]]:
    spec, training, export = manifest.spec, manifest.training, manifest.export
    axes = [f"{axis.name} x {size}" for axis, size in zip(spec.axes, spec.shape, strict=True)]
    kind = f"ids of {len(spec.tokens)} tokens" if spec.tokens else spec.unit or "no unit"
    law = " + ".join(f"{block.size} {block.kind}" for block in manifest.latents)
    shown = [name for name in manifest.fidelity if name.endswith("_auc")] or list(manifest.fidelity)
    figures = [f"{n} {f['value']:.3f} (floor {f['floor']:.3f})" for n in shown for f in [manifest.fidelity[n]]]
    figures += [f"{more} more by --json"] if (more := len(manifest.fidelity) - len(shown)) else []
    parity = sorted(export.get("parity", {}).items(), key=lambda item: int(item[0]))
    older = f"; `gansurrogate upgrade` writes {SCHEMA}" if manifest.schema < SCHEMA else ""
    return [
        ("name", f"{manifest.name} {manifest.version}"),
        ("signal", f"{' '.join(axes)}, {kind}"),
        ("conditions", "; ".join(c.describe() for c in spec.conditions) or "none"),
        ("latents of a row", law),
        ("trained on", training.get("signal_generator") or training.get("file", "?")),
        (
            "training",
            f"{training.get('steps')} steps, {training.get('minutes')} minutes, seed {training.get('seed')}",
        ),
        ("fidelity", "; ".join(figures) or "not measured"),
        ("export", f"opset {export.get('opset')}, {export.get('nodes')} nodes, {export.get('precision')}"),
        (
            "deviation from PyTorch",
            ", ".join(f"{v:.1g} at N={n}" for n, v in parity),
        ),
        ("advised tile", manifest.tile),
        ("licence", manifest.license or "not stated"),
        ("citation", manifest.citation or "none"),
        ("schema", f"{manifest.schema}{older}"),
        ("sha256 of the graph", manifest.graph_sha256),
        ("sha256", manifest.file_sha256),
    ]
