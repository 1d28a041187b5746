"""How well the default recipe learns windows cut from recordings of several quantities, at a glance.

    python benchmarks/windows.py ../shared/data stock energy --minutes 2 --judges 3

Trains on all windows, as is usual for these sets, draws as many, and prints one line per set: TimeGAN's discriminative
score with half its 95 % interval over the judges, and the memorisation ratio. `--minutes 0` judges the start: the
mixture, not trained. `benchmarks/papers/table.py` measures all there is, and takes its time.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch

from gansurrogate.fidelity.memorisation import windows_memorisation_ratio
from gansurrogate.fidelity.timegan import discriminative_score

sys.path.append(str(Path(__file__).parent / "papers"))
from learn import learn
from sets import SETS


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds timegan_stock, energy, etth1 and mujoco_hopper")
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--judges", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print("| set | family | score | memorisation |", flush=True)
    for name in arguments.sets:
        real, overlap, span = SETS[name](arguments.folder)
        with tempfile.TemporaryDirectory() as run:
            family, drawn, _ = learn(name, real, arguments.minutes, arguments.seed, Path(run))
        score = discriminative_score(real, drawn, repeats=arguments.judges, span=span)
        ratio = windows_memorisation_ratio(real, drawn, overlap)
        half = (score.high - score.low) / 2
        print(f"| {name} | {family} | {score.value:.4f} ± {half:.4f} | {ratio.value:.2f} |", flush=True)


if __name__ == "__main__":
    main()
