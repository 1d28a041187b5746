"""The signals that a golden surrogate has to give for ever, kept in a file beside it.

``tests/make_golden.py`` writes them when it writes the surrogate, ``test_goldens.py`` draws them again.
"""

import platform
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.session import onnxruntime

N, SEED, START = 25, 11, 2**40 - 60  # the last rows but 35: rows are numbers of 64 bits


def expect(path: Path) -> None:
    """Draw the signals of the golden file at `path` and write them beside it."""
    surrogate = gs.load(path, device="cpu", threads=1)
    conditions = surrogate.draw_conditions(N, rng=SEED, start=START)
    np.savez_compressed(
        path.with_suffix(".npz"),
        build=build(),
        signals=surrogate.sample(N, conditions=conditions, rng=SEED, start=START),
        latents=rowlaw.latents(SEED, np.arange(START, START + N), surrogate.manifest.latents),
        **{f"condition {name}": values for name, values in conditions.items()},
    )


def conditions_of(kept: dict[str, NDArray]) -> dict[str, NDArray]:
    """The conditions among what `expect` wrote."""
    return {name.removeprefix("condition "): kept[name] for name in kept if name.startswith("condition ")}


def build() -> str:
    """The onnxruntime and the kind of CPU: where they are the same, so are the bits of signals."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    named = {key: next((line for line in lines if line.startswith(key)), "") for key in ("model name", "flags")}
    kind = f"{platform.machine()} {named['model name']} {zlib.crc32(named['flags'].encode()):08x}"
    return f"onnxruntime {onnxruntime().__version__} on {kind}"
