"""How well the default recipe learns one kind of signal: trained, and judged beside real against real.

    python benchmarks/kinds.py coloured-noise --minutes 15 --seeds 1
    python benchmarks/kinds.py beats --data ../shared/data/ecg_scipy/ecg.dat --minutes 15

Of a signal generator 30,000 signals to train on and 5,000 to judge by; of the beats three fifths of the 423 and the
others (see `beats.py`). Trees: boosted trees on recovered parameters, mean of four splits. AUC 0.5 is perfect.
"""

import argparse
import datetime
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import beats
import numpy as np
from numpy.typing import NDArray
from scipy.stats import ks_2samp

import gansurrogate as gs
from gansurrogate.fidelity.conv import conv_auc
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, from_signal_generator, train
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.trained import generate

KINDS = ("coloured-noise", "detector-pulse", "impulse-train", "double-well")
TRAINED_ON, JUDGED = 30_000, 5_000
SPLITS = 4
Array = NDArray[np.float32]
Set = tuple[Array, dict[str, NDArray[Any]]]  # signals, and the conditions they were taken under


def drawn(generator: gs.SignalGenerator, seed: int, first: int) -> Set:
    """`JUDGED` real signals from row `first` on, under conditions of their own."""
    conditions = generator.draw_conditions(JUDGED, rng=seed + first)
    return generator.sample(JUDGED, conditions=conditions, rng=seed, start=first), conditions


def line(name: str, figures: dict[str, float]) -> str:
    """One line of the table."""
    return f"| {name} | {' | '.join(f'{value:.3f}' for value in figures.values())} |"


def against(generator: gs.SignalGenerator, real: Set, other: Set, seed: int) -> dict[str, float]:
    """Every judge on two sets of signals; the trees see the conditions too."""
    features = [generator.features(signals) | conditions for signals, conditions in (real, other)]
    tables = [np.stack(list(found.values()), 1) for found in features]
    distances = [float(ks_2samp(features[0][name], features[1][name]).statistic) for name in features[0]]
    real, other = real[0], other[0]
    return {
        "trees": float(np.mean([trees_auc(tables[0], tables[1], seed + k).value for k in range(SPLITS)])),
        "spectral": spectral_auc(real, other, seed).value, "conv": conv_auc(real, other, seed).value,
        "largest KS": max(distances),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=(*KINDS, "beats"))
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--recipe", default="default", help="a recipe's name or a TOML file")
    parser.add_argument("--data", type=Path, help="the file of the beats")
    arguments = parser.parse_args()
    if arguments.kind == "beats" and arguments.data is None:
        parser.error("beats need --data ecg.dat, as scipy.datasets.electrocardiogram downloads it")
    print(f"{datetime.date.today()}, {platform.machine()}, {arguments.minutes} minutes")
    for seed in arguments.seeds:
        if arguments.kind == "beats":
            training, held_out = beats.split(arguments.data)
            recordings = Recordings("beats", gs.SignalSpec((beats.LENGTH,), unit="mV"), training, {}, {})
            rows = [beats.against(held_out, training, training, seed)]
        else:
            generator = gs.signal_generator(arguments.kind)
            recordings = from_signal_generator(generator, TRAINED_ON, seed)
            real, others = (drawn(generator, 1000 + seed, first) for first in (0, JUDGED))
            rows = [against(generator, real, others, seed)]
        began = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            budget = Budget(seconds=60 * arguments.minutes)
            run = RunFolder(Path(folder) / "run")
            trained = train(recordings, run, recipe=find_recipe(arguments.recipe), budget=budget, seed=seed)
        cost = (time.process_time() - began) / 60
        print(f"{trained.training['family']}: {trained.training['reason']}")
        if arguments.kind == "beats":
            surrogate = generate(trained.network, (), beats.DRAWS * len(held_out), seed)
            rows.append(beats.against(held_out, surrogate, training, seed))
        else:
            conditions = others[1]
            given = as_tensors(generator.spec.conditions, generator.spec.encode_conditions(conditions, JUDGED))
            rows.append(against(generator, real, (generate(trained.network, given, JUDGED, seed), conditions), seed))
        print("| |", " | ".join(rows[0]), "|")
        print(line("real against real", rows[0]))
        name = f"seed {seed}, {trained.training['steps']} steps, {cost:.1f} CPU-minutes"
        print(line(name, rows[1]), flush=True)


if __name__ == "__main__":
    main()
