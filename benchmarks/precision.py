"""What lower precision gives and costs: size, speed, deviation, and what judges see of it.

    python benchmarks/precision.py                         generators of each kind, untrained: size and speed
    python benchmarks/precision.py noisy-sine.onnx ...     surrogates of your own, judged as an export does it

Above 1 the surrogate in lower precision is faster. The untrained ones are reduced whatever the judges say, since there
is nothing to be faithful to.
"""

import argparse
import tempfile
from pathlib import Path

import onnxruntime
import torch
from gansurrogate_onnx import export, export_reduced
from networks import CASES
from timing import cpu_model

from gansurrogate.errors import ExportError

COLUMNS = ("surrogate", "precision", "size", "speed", "rms / std", "largest / std", "weights", "AUC", "floor")
UNJUDGED = {"gate": 1.0, "samples": 100}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{cpu_model()}, onnxruntime {onnxruntime.__version__}\n")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    with tempfile.TemporaryDirectory() as scratch:
        for model in given.models:
            both(model, Path(scratch), {})
        for name in () if given.models else CASES:
            model = Path(scratch) / f"{name}.onnx"
            export(CASES[name]().trained, model)
            both(model, Path(scratch), UNJUDGED)


def both(model: Path, scratch: Path, options: dict[str, float]) -> None:
    """The lines of one surrogate."""
    name = model.stem
    for precision in ("float16", "int8"):
        try:
            manifest = export_reduced(model, scratch / "reduced.onnx", precision=precision, **options)
        except ExportError as error:
            print(f"| {name} | {precision} | refused: {error} |", flush=True)
            continue
        found, judged = manifest.export["reduction"], manifest.fidelity["reduction_auc"]
        size = found["bytes"][precision] / found["bytes"]["float32"]
        all_weights = len(found["weights"]) + len(found["kept_float32"])
        deviation = found["deviation"]
        cells = [name, precision, f"{size:.2f}", f"x {found['speed']:.2f}", f"{deviation['rms_of_std']:.1g}",
                 f"{deviation['largest_of_std']:.1g}", f"{len(found['weights'])} of {all_weights}"]  # fmt: skip
        cells += [] if options else [f"{judged['value']:.3f}", f"{judged['floor']:.3f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
