"""How well the default recipe learns an unconditional signal generator, over several training seeds.

    python benchmarks/fidelity.py noisy-sine --minutes 3.5 --seeds 1 2 3

Trains, exports, samples through the runtime, and judges 10,000 signals of each surrogate against fresh real ones. Each
line of a surrogate stands below its floor: real against real.
"""

import argparse
import datetime
import platform
import tempfile
from pathlib import Path

import gansurrogate as gs
from gansurrogate.cli.train import train
from gansurrogate.fidelity import judge

SIGNALS = 10_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("signal_generator")
    parser.add_argument("--minutes", type=float, default=3.5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    signal_generator = gs.signal_generator(arguments.signal_generator)
    print(f"{datetime.date.today()}, {platform.machine()}, {arguments.minutes} minutes, {SIGNALS} signals", flush=True)
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.onnx"
            train(arguments.signal_generator, model, minutes=arguments.minutes, seed=seed, run=Path(folder) / "run")
            surrogate = gs.load(model)
            figures = judge(signal_generator, surrogate.sample(SIGNALS, rng=seed), seed=1000 + seed)
        if seed == arguments.seeds[0]:
            print("| |", " | ".join(figure.name for figure in figures), "| steps |")
        print(f"| floor | {' | '.join(f'{figure.floor:.3f}' for figure in figures)} | |")
        steps = surrogate.manifest.training["steps"]
        print(f"| seed {seed} | {' | '.join(f'{figure.value:.3f}' for figure in figures)} | {steps} |", flush=True)


if __name__ == "__main__":
    main()
