"""How well the default recipe learns few recordings: heart beats cut from five minutes of an electrocardiogram.

    python benchmarks/beats.py ../shared/data/ecg_scipy/ecg.dat --minutes 15 --seeds 1

The recording is the one that `scipy.datasets.electrocardiogram` gives (MIT-BIH record 208, 360 Hz). A beat is 300
samples with its R peak, a local maximum above 1.05 mV, at sample 110; those at places 1 and 3 of each five are held
out. With so few signals the judges' splits and draws are averaged.
"""

import argparse
import datetime
import platform
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks
from scipy.spatial.distance import cdist

import gansurrogate as gs
from gansurrogate.fidelity.conv import conv_auc
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, train
from gansurrogate.train.trained import generate

LENGTH, BEFORE = 300, 110  # samples
DRAWS = 3  # times as many generated beats as held-out ones: their judgements are averaged
SPLITS = 4
STRETCHES = {"P": (40, 95), "T": (140, 240), "end": (240, 300)}
BANDS = ((1, 4), (4, 9), (9, 20), (20, 40), (48, 53), (55, 90), (90, 151))  # of the spectrum [1 / LENGTH of the rate]
Array = NDArray[np.float32]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="ecg.dat, as scipy.datasets.electrocardiogram downloads it")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    arguments = parser.parse_args()
    print(f"{datetime.date.today()}, {platform.machine()}, {arguments.minutes:g} minutes")
    training, held_out = split(arguments.file)
    for seed in arguments.seeds:
        recordings = Recordings("beats", gs.SignalSpec((LENGTH,), unit="mV"), training, {}, {})
        floor = against(held_out, training, training, seed)
        began = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            budget, run = Budget(seconds=60 * arguments.minutes), RunFolder(Path(folder) / "run")
            trained = train(recordings, run, recipe=find_recipe("default"), budget=budget, seed=seed)
        cost = (time.process_time() - began) / 60
        surrogate = generate(trained.network, (), DRAWS * len(held_out), seed)
        figures = against(held_out, surrogate, training, seed)
        print(f"{trained.training['family']}: {trained.training['reason']}; {cost:.1f} CPU-minutes")
        print("| |", " | ".join(figures), "|")
        for name, row in (("real against real", floor), (f"seed {seed}, {trained.training['steps']} steps", figures)):
            print(f"| {name} | {' | '.join(f'{value:.3f}' for value in row.values())} |", flush=True)


def split(file: Path) -> tuple[Array, Array]:
    """Beats to train on and held-out ones, (n, 300) [mV]."""
    with np.load(file) as archive:
        voltage = (archive["ecg"].astype(np.float64) - 1024) / 200
    peaks, _ = find_peaks(voltage, height=1.05, distance=150)
    inside = peaks[(peaks >= BEFORE) & (peaks + LENGTH - BEFORE <= len(voltage))]
    beats = np.stack([voltage[peak - BEFORE : peak + LENGTH - BEFORE] for peak in inside]).astype(np.float32)
    held_out = np.isin(np.arange(len(beats)) % 5, (1, 3))
    return beats[~held_out], beats[held_out]


def features(beats: Array) -> NDArray[np.float64]:
    """Heights, places and widths of the waves, slopes, power in bands and noise: (n, features)."""
    x = beats.astype(np.float64)
    level = np.median(x, 1)
    smooth = np.apply_along_axis(np.convolve, 1, x, np.ones(9) / 9, "same")
    found = [level, x.mean(1), x.std(1), x[:, 100:121].max(1) - level, 100 + x[:, 100:121].argmax(1)]
    found += [x[:, 90:110].min(1) - level, x[:, 110:130].min(1) - level, smooth[:, 130:150].mean(1) - level]
    for first, last in STRETCHES.values():
        found += [smooth[:, first:last].max(1) - level, first + smooth[:, first:last].argmax(1)]
    found.append((x[:, 85:140] - level[:, None] > 0.5 * (x[:, 110] - level)[:, None]).sum(1))
    steps = np.diff(x, axis=1)
    found += [steps.max(1), steps.min(1)]
    found += [np.log(np.diff(x, order, axis=1).std(1)) for order in (1, 2, 4)]
    bend = np.diff(x, 2, axis=1)
    found += [np.log(bend[:, first:last].std(1)) for first, last in ((0, 80), (140, 220), (220, 298))]
    power = np.abs(np.fft.rfft((x - x.mean(1, keepdims=True)) * np.hanning(LENGTH), axis=1)) ** 2
    found += [np.log(power[:, first:last].mean(1)) for first, last in BANDS]
    found.append(np.log((x - smooth)[:, 150:].std(1)))
    return np.stack(found, 1)


def against(held_out: Array, other: Array, training: Array, seed: int) -> dict[str, float]:
    """Held-out beats against as many others at a time; and whether these lie nearer to the beats trained on."""
    n, random = len(held_out), np.random.default_rng(seed)
    trees, conv, spectral = [], [], []
    for draw in range(DRAWS):
        # Of generated beats the next ones; of the fewer real ones a new choice.
        several = len(other) >= DRAWS * n
        part = other[draw * n : (draw + 1) * n] if several else other[random.permutation(len(other))[:n]]
        trees += [trees_auc(features(held_out), features(part), seed + k).value for k in range(SPLITS)]
        conv.append(conv_auc(held_out, part, seed).value)
        spectral.append(spectral_auc(held_out, part, seed).value)
    near = [
        np.median(cdist(other, real).min(1)) for real in (training[random.permutation(len(training))[:n]], held_out)
    ]
    ratio = near[0] / near[1] if other is not training else 1.0
    return {"trees": np.mean(trees), "spectral": np.mean(spectral), "conv": np.mean(conv), "memorisation": ratio}


if __name__ == "__main__":
    main()
