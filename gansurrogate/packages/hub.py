"""What the Hugging Face Hub reads of a model card by machine: its metadata, written from the manifest.

Form: `ModelCardData` of huggingface_hub, which the tests read it back with.
"""

from collections.abc import Mapping
from typing import Any

from gansurrogate.manifest import Manifest
from gansurrogate.packages.citation import LICENSES, TAGS, known_license
from gansurrogate.packages.markup import one_line
from gansurrogate.plain import is_number


def front_matter(manifest: Manifest) -> dict[str, Any]:
    """What stands in YAML in front of a model card: licence, tags, and the figures as results of a model."""
    front: dict[str, Any] = {}
    if manifest.license.strip():
        known = known_license(manifest.license)
        front = {"license": LICENSES[known]} if known else {"license": "other", "license_name": manifest.license}
    front |= {"library_name": "gansurrogate", "tags": list(TAGS)}
    if manifest.fidelity:
        front["model-index"] = [{"name": manifest.name, "results": _results(manifest)}]
    return front


def _results(manifest: Manifest) -> list[dict[str, Any]]:
    """The figures as the Hub has them: for each thing that was judged against, a list of metrics."""
    metrics: dict[str, list[dict[str, Any]]] = {}
    for name, figure in manifest.fidelity.items():
        facts = {key: figure[key] for key in ("floor", "copula", "n", "seed") if is_number(figure.get(key))}
        entry = {"type": name, "name": name, "value": figure["value"], "args": facts}
        metrics.setdefault(judged_against(manifest, figure), []).append(entry)
    task = {"type": "other", "name": "drawing signals like the real ones"}
    return [
        {"task": task, "dataset": {"type": dataset, "name": dataset}, "metrics": each}
        for dataset, each in metrics.items()
    ]


def judged_against(manifest: Manifest, figure: Mapping[str, Any]) -> str:
    """What the signals were compared with for `figure`, in words."""
    training = manifest.training
    return one_line(
        figure.get("against") or training.get("signal_generator") or training.get("file") or "held-out signals"
    )
