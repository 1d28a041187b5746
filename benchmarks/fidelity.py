"""How well the default recipe learns a signal generator, over several training seeds.

    python benchmarks/fidelity.py noisy-sine --minutes 5 --seeds 1 2 3
    python benchmarks/fidelity.py detector-pulse --minutes 15 --signals 30000 --judged 5000

Trains on endless data or on so many signals drawn before, exports, samples through the runtime, and judges the
surrogate against fresh signals; real against real stands beside it. With `--models` the surrogates are kept, and those
that are there already are not trained again.
"""

import argparse
import datetime
import platform
import tempfile
from pathlib import Path

import gansurrogate as gs
from gansurrogate.cli.simulate import simulate
from gansurrogate.cli.train import train
from gansurrogate.fidelity import against, judge
from gansurrogate.fidelity.measures import QUICK


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("signal_generator")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--signals", type=int, help="train on so many; without, on as many as `train` draws")
    parser.add_argument("--judged", type=int, default=10_000, help="signals on each side")
    parser.add_argument("--recipe", help="a recipe's name or a TOML file")
    parser.add_argument("--models", type=Path, help="folder that keeps the surrogates")
    arguments = parser.parse_args()
    name, judged = arguments.signal_generator, arguments.judged
    signal_generator = gs.signal_generator(name)
    drawn = f"{arguments.signals} signals" if arguments.signals else "what train draws"
    print(
        f"{datetime.date.today()}, {platform.machine()}, {arguments.minutes:g} minutes, trained on {drawn}", flush=True
    )
    columns: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.models or Path(temporary)
        for seed in arguments.seeds:
            model = folder / f"{name}-{arguments.signals or 0}-{arguments.minutes:g}-{seed}.onnx"
            if not model.is_file():
                source = name
                if arguments.signals:
                    source = str(Path(temporary) / f"{name}-{seed}.npz")
                    simulate(name, Path(source), arguments.signals, seed=seed)
                run = Path(temporary) / model.stem
                train(source, model, recipe=arguments.recipe, minutes=arguments.minutes, seed=seed, run=run)
            surrogate = gs.load(model)
            figures = judge(
                against(signal_generator, surrogate, judged, seed=1000 + seed), only=(*QUICK, "raw judge")
            ).figures
            training = surrogate.manifest.training
            print(f"seed {seed}: {training.get('family')} ({training.get('reason')}), {training['steps']} steps")
            columns[f"floor {seed}"] = {figure.name: figure.floor for figure in figures}
            columns[f"seed {seed}"] = {figure.name: figure.value for figure in figures}
            summary = " ".join(f"{f.name} {f.value:.3f}" for f in figures if f.name.endswith("_auc"))
            print(summary, flush=True)
    print(f"{judged} signals on each side", f"| | {' | '.join(columns)} |", sep="\n")
    for name in columns[f"floor {arguments.seeds[0]}"]:
        print(f"| {name} | {' | '.join(f'{column[name]:.3f}' for column in columns.values())} |")


if __name__ == "__main__":
    main()
