"""The pictures of docs/signal-generators.md: three signals of each signal generator, under stated conditions.

python benchmarks/gallery.py docs/pictures
"""

import argparse
import io
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

import gansurrogate as gs

SEED = 3
COLOURS = 16  # of a picture: a quarter of the bytes
Conditions = dict[str, float]
SHOWN: dict[str, list[Conditions]] = {
    "noisy-sine-conditional": [
        {"amplitude": 1, "omega": 1},
        {"amplitude": 5, "omega": 1},
        {"amplitude": 5, "omega": 2},
    ],
    "duffing": [{"force": 0.5, "damping": 0.5}, {"force": 1.5, "damping": 0.3}, {"force": 3, "damping": 0.1}],
    "double-well": [{"force": 0.1, "damping": 0.4}, {"force": 0.3, "damping": 0.25}, {"force": 0.6, "damping": 0.1}],
    "impulse-train": [{}, {}, {}],
    "coloured-noise": [{}, {}, {}],
    "detector-pulse-conditional": [
        {"height": 0.5, "decay": 20},
        {"height": 1.5, "decay": 8},
        {"height": 3, "decay": 40},
    ],
    "binary-chirp": [
        {"mass1": 5, "mass2": 5, "distance": 100},
        {"mass1": 20, "mass2": 20, "distance": 200},
        {"mass1": 20, "mass2": 20, "distance": 400},
    ],
    "electrocardiogram": [
        {"heart_rate": 50, "rr_spread": 5},
        {"heart_rate": 75, "rr_spread": 60},
        {"heart_rate": 110, "rr_spread": 20},
    ],
    "ground-motion": [
        {"magnitude": 5, "distance": 20},
        {"magnitude": 6.5, "distance": 20},
        {"magnitude": 6.5, "distance": 70},
    ],
    "fractional-noise": [{"hurst": 0.1}, {"hurst": 1 / 3}, {"hurst": 0.9}],
    "photomultiplier": [{"rate": 5}, {"rate": 15}, {"rate": 40}],
    "resonant-circuit": [
        {"resistance": 50, "capacitance": 5},
        {"resistance": 500, "capacitance": 5},
        {"resistance": 50, "capacitance": 1},
    ],
}


def picture(name: str, shown: list[Conditions]) -> Figure:
    """One panel for each of the conditions."""
    signal_generator = gs.signal_generator(name)
    spec = signal_generator.spec
    units = {condition.name: condition.unit for condition in spec.conditions}
    (axis,) = spec.axes
    figure = Figure(figsize=(9.5, 2), layout="constrained")
    for row, (panel, given) in enumerate(zip(figure.subplots(1, len(shown)), shown, strict=True)):
        signal = signal_generator.sample(1, conditions=given or None, rng=SEED, start=row)[0]
        panel.plot(spec.coordinates[axis.name], signal, linewidth=0.8)
        asked = [f"{condition} {value:.3g} {units[condition]}".rstrip() for condition, value in given.items()]
        panel.set_title(", ".join(asked), fontsize=6.5)
        panel.set_xlabel(f"{axis.name} [{axis.unit}]", fontsize=8)
        panel.tick_params(labelsize=7)
    figure.axes[0].set_ylabel(f"[{spec.unit}]" if spec.unit else "", fontsize=8)
    return figure


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, shown in SHOWN.items():
        drawn = io.BytesIO()
        picture(name, shown).savefig(drawn, dpi=80)
        Image.open(drawn).convert("RGB").quantize(COLOURS).save(folder / f"signals-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
