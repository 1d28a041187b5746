"""What hooks cost, in microseconds per tile, and which plugins a host imports: ``python benchmarks/hooks.py``.

A microsecond does not show beside an inference call, so the session gives back signals that are there already. What is
told is the median difference to the same tile by code without hooks, over rounds in which the cases take turns.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import gansurrogate as gs
from gansurrogate.plugins import Plugins
from gansurrogate.providers import CPU
from gansurrogate.sampling.drawing import draw_tile
from gansurrogate.sampling.request import Request
from gansurrogate.sampling.tiles import TileHooks
from gansurrogate.surrogate_file import read_manifest

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "runtime" / "data" / f"golden-{gs.__version__}.onnx"
ROUNDS, CALLS, TILE = 1001, 50, 256  # short rounds: another program takes the processor away from few
MODULES = """
import sys
import gansurrogate as gs
with gs.load(sys.argv[1], device="cpu") as surrogate:
    surrogate.sample(5, conditions={"energy": 100.0, "kind": "b"}, rng=1)
print(sorted(name for name in sys.modules if name.startswith("plugin_")))
"""


class Free:
    """A session whose tiles are there already."""

    provider = CPU

    def __init__(self, signals):
        self.signals = signals

    def run(self, feeds):
        """The same signals for every tile."""
        return self.signals


def plugins_with(**hooks):
    """Plugins of which one implements these hooks."""
    plugins = Plugins()
    marked = {name: gs.hookimpl(function, specname=name) for name, function in hooks.items()}
    plugins.manager.register(SimpleNamespace(**marked), name="measured")
    return plugins


def measure():
    """Microseconds per tile, the median of rounds in which the cases take turns."""
    manifest = read_manifest(GOLDEN)
    spec = manifest.spec
    given = spec.draw_conditions(TILE, 1, 0)
    request = Request.of(spec, TILE, given, 1, 0, "error", TILE)
    session = Free(np.zeros((TILE, *spec.shape), np.float32))
    none, told, traced, replaced, wanting = (
        TileHooks(plugins_with(**each), manifest)
        for each in (
            {},
            {"before_tile": lambda rows: None},
            {"before_tile": lambda rows: None, "after_tile": lambda rows, signals: None},
            {"after_tile": lambda signals: signals},
            {"before_tile": lambda rows, conditions: None},
        )
    )

    def alone():
        feeds = request.feeds(0, padded=False)
        return session.run(feeds)[: request.n]

    cases = {
        "the graph alone": alone,
        "no plugin": lambda: draw_tile(session, none, request, 0),
        "a plugin with before_tile": lambda: draw_tile(session, told, request, 0),
        "a plugin with before_tile and after_tile": lambda: draw_tile(session, traced, request, 0),
        "a plugin with after_tile, which replaces the signals": lambda: draw_tile(session, replaced, request, 0),
        "a plugin with before_tile that wants the conditions": lambda: draw_tile(session, wanting, request, 0),
    }
    times = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, call in cases.items():
            began = time.perf_counter()
            for _ in range(CALLS):
                call()
            times[name].append(1e6 * (time.perf_counter() - began) / CALLS)
    base = times["the graph alone"]
    return {
        name: statistics.median(a - b for a, b in zip(each, base, strict=True))
        for name, each in times.items()
        if each is not base
    }


def imported(names, chosen):
    """The plugins out of `names` that a host imports, which loads a surrogate and draws from it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            hook = "import gansurrogate as gs\n@gs.hookimpl\ndef before_tile():\n    pass\n"
            Path(folder, f"plugin_{name}.py").write_text(hook)
            info = Path(folder, f"plugin_{name}-1.dist-info")
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plugin-{name}\nVersion: 1\n")
            (info / "entry_points.txt").write_text(f"[gansurrogate]\n{name} = plugin_{name}\n")
        environment = {
            **os.environ,
            "GANSURROGATE_PLUGINS": chosen,
            "PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', ROOT)}",
        }
        program = [sys.executable, "-c", MODULES, str(GOLDEN)]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()


def main():
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    costs = measure()
    for name, microseconds in costs.items():
        print(f"{microseconds:6.2f} us per tile more than the graph alone: {name}")
    loads = {chosen: imported(["a", "b", "c"], chosen) for chosen in ("", "b", "a,c")}
    for chosen, modules in loads.items():
        print(f"GANSURROGATE_PLUGINS={chosen!r} of a, b, c imports {modules}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"microseconds_per_tile": costs, "imported": loads}, indent=1))


if __name__ == "__main__":
    main()
