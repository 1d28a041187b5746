"""Surrogate files as an attacker writes them: every byte is his, so each carries the SHA-256 that it should.

All are made from the golden surrogate. `corpus` gives those that the checks and the limits of a call stop;
`contained` gives what only the limits of a process do.
"""

from pathlib import Path

import numpy as np

from corpus.damaged import damaged
from corpus.graphs import arguments, operators, shapes
from corpus.manifests import manifests
from corpus.readings import external, two_readings
from corpus.resources import contained as contained
from corpus.resources import resources
from corpus.signals import signals

CANARY = 777.0  # the weights in the files that none of these may read


def corpus(folder: Path) -> dict[str, bytes]:
    """Every file by its family and name. None of them may give signals.

    Parameters
    ----------
    folder : Path
        The working folder of whoever opens them; canaries are put there and beside it.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sub").mkdir()
    for place in (folder, folder.parent):
        (place / "canary.bin").write_bytes(np.full(32, CANARY, np.float32).tobytes())
    families = {
        "damaged": damaged(),
        "external": external(folder),
        "two readings": two_readings(folder),
        "operators": operators(),
        "arguments": arguments(),
        "shapes": shapes(),
        "resources": resources(),
        "manifests": manifests(),
        "signals": signals(),
    }
    return {f"{family}: {name}": data for family, files in families.items() for name, data in files}
