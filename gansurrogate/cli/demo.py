"""``gansurrogate demo``: the whole path on the noisy sine, with the proof that sampling needs no PyTorch."""

import json as json_module
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gansurrogate.cli import train as train_command
from gansurrogate.cli.console import Json, print_json, print_table, stderr, stdout
from gansurrogate.errors import SurrogateError
from gansurrogate.files import atomic_write
from gansurrogate.plugins import installed
from gansurrogate.signals import SignalGenerator
from gansurrogate.surrogate import load

NAME = "noisy-sine"
SIGNALS = 100_000
JUDGED = 10_000
SEED = 7  # of the drawn signals
DAY = 86_400.0  # [s]

Folder = Annotated[Path, typer.Option("--folder", help="Receives the surrogate, the picture and the figures.")]
Minutes = Annotated[float, typer.Option("--minutes", help="Training time.")]

# What a host simulation does. Importing torch fails here, as it would on a machine that has none.
HOST_PROGRAM = """
import json, sys, time
sys.modules["torch"] = None
import gansurrogate as gs
model, n, output, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
surrogate = gs.load(model)
deviation = surrogate.self_test()
surrogate.sample(surrogate.manifest.tile, rng=0)
began = time.perf_counter()
signals = surrogate.sample(n, rng=seed)
seconds = time.perf_counter() - began
import numpy
numpy.save(output, signals)
print(json.dumps({"seconds": seconds, "threads": surrogate.threads, "provider": next(iter(surrogate.providers)),
                  "self_test_deviation": deviation}))
"""


def demo(folder: Folder = Path("demo"), minutes: Minutes = 3.5, json: Json = False) -> None:
    """Train on the noisy sine, export, sample 100,000 signals without PyTorch, and judge them."""
    from gansurrogate.train import Budget

    Budget(seconds=60 * minutes)  # complain before anything is made
    signal_generator = installed().signal_generator(NAME)
    folder.mkdir(parents=True, exist_ok=True)
    model, signals, run = folder / f"{NAME}.onnx", folder / "signals.npy", folder / "run"
    if (run / "run.json").is_file():
        shutil.rmtree(run)  # of an earlier demo
    train_command.train(NAME, model, minutes=minutes, run=run)

    stderr.print(f"sampling {SIGNALS:,} signals in a process in which importing torch fails")
    sampled = _sample_without_torch(model, signals)
    savings = _savings(signal_generator, sampled)
    figures = _judge(signal_generator, model, folder)

    result = {"model": str(model), **sampled, **savings, "fidelity": figures}
    with atomic_write(folder / "demo.json") as file:
        file.write(json_module.dumps(result, indent=1).encode())
    if json:
        print_json(result)
        return
    rows = [(f["name"], f"{f['value']:.3f}", f"{f['floor']:.3f}") for f in figures]
    print_table(f"{JUDGED:,} surrogate signals against real ones", ("figure", "surrogate", "real against real"), rows)
    stdout.print(
        f"{SIGNALS:,} signals in {sampled['seconds']:.2f} s ({savings['signals_per_second']:,.0f} per second,"
        f" {sampled['threads']} threads). As experiments: {savings['usd']:,.0f} USD and {savings['days']:.0f} days.",
        soft_wrap=True,
    )
    stdout.print(f"{model}  {folder / 'real-and-surrogate.png'}  {folder / 'demo.json'}", soft_wrap=True)


def _sample_without_torch(model: Path, output: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", HOST_PROGRAM, str(model), str(SIGNALS), str(output), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"the host program failed:\n{done.stderr}"
        raise SurrogateError(msg)
    result: dict[str, Any] = json_module.loads(done.stdout)
    return result


def _savings(signal_generator: SignalGenerator, sampled: dict[str, Any]) -> dict[str, float]:
    assert signal_generator.cost is not None
    usd, days = SIGNALS * signal_generator.cost.usd, SIGNALS * signal_generator.cost.seconds / DAY
    return {"signals_per_second": SIGNALS / sampled["seconds"], "usd": usd, "days": days}


def _judge(signal_generator: SignalGenerator, model: Path, folder: Path) -> list[dict[str, Any]]:
    """Of the first signals that the host program drew: row i of a seed is the same wherever it is drawn."""
    from gansurrogate.fidelity import against, judge
    from gansurrogate.fidelity.measures import QUICK
    from gansurrogate.fidelity.plots import compare

    comparison = against(signal_generator, load(model), JUDGED, seed=SEED)
    with stderr.status("judging") as status:
        figures = judge(comparison, only=QUICK, progress=lambda name: status.update(f"judging: {name}")).figures
    picture = compare(comparison.real.signals, comparison.surrogate.signals, comparison.spec, NAME)
    with atomic_write(folder / "real-and-surrogate.png") as file:
        picture.savefig(file, format="png", dpi=100)
    return [figure.to_dict() for figure in figures]
