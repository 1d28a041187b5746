"""The run folder: everything a training leaves behind, each file written whole or not at all.

``recipe.toml``, ``run.json`` (source, seed, budget), ``recordings.npz`` (what is trained on; a large file is read again
instead), ``log.jsonl`` and ``curves.png``, ``signals.png`` (real beside generated), ``checkpoint.pt`` (to resume, or to
export again).
"""

import io
import json
import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from gansurrogate.errors import ArgumentError, OutputError
from gansurrogate.fidelity import plots
from gansurrogate.files import atomic_write
from gansurrogate.signals import FloatArray
from gansurrogate.spec import SignalSpec
from gansurrogate.train.readers.from_file import from_file
from gansurrogate.train.readers.spool import MOST_BYTES
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.recordings import Recordings

_OTHER = {
    "recordings": "other recordings",
    "recipe": "another recipe",
    "seed": "another seed",
    "version": "another version of gansurrogate",
}


class RunFolder:
    """One training's folder.

    Parameters
    ----------
    path : Path
    resume : bool
        Go on with the training in it. Without this a folder that already holds one is refused.

    Raises
    ------
    ArgumentError
        If there is a training and `resume` is not set, or none and it is.
    OutputError
        If the folder cannot be made where it is wanted.
    """

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        self.path = path
        if self.started and not resume:
            msg = f"{path} holds a training already: pass --resume to go on with it, or choose another folder"
            raise ArgumentError(msg)
        if resume and not self.started:
            msg = f"there is no training to resume in {path}"
            raise ArgumentError(msg)
        first = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
        if not first.is_dir() or not os.access(first, os.W_OK | os.X_OK):
            msg = f"cannot make the run folder {path}: {first} is not a folder that can be written into"
            raise OutputError(msg)

    @property
    def started(self) -> bool:
        """Whether the folder holds a training."""
        return (self.path / "run.json").is_file()

    def start(self, config: dict[str, Any], recipe: Recipe, recordings: Recordings) -> None:
        """Write down what is trained on and how; ``run.json`` last, since it marks the folder as a training."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"cannot make the run folder {self.path}: {error.strerror}"
            raise OutputError(msg) from error
        whole = {**config, "name": recordings.name, "provenance": recordings.provenance}
        if recordings.file is not None and recordings.signals.nbytes > MOST_BYTES:
            whole["file"] = recordings.file  # read again rather than copied
        else:
            self._copy(recordings)
        self._text("recipe.toml", recipe.to_toml())
        self._text("run.json", json.dumps(whole, indent=1) + "\n")

    def config(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        config: dict[str, Any] = json.loads((self.path / "run.json").read_text())
        return config

    def recordings(self) -> Recordings:
        """What was trained on."""
        config = self.config()
        stored = from_file(**config.get("file", {"path": self.path / "recordings.npz"}))
        return replace(stored, name=config["name"], provenance=config["provenance"])

    def save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Write `checkpoint`, which `load_checkpoint` gives back; it names its ``owner``."""
        buffer = io.BytesIO()  # torch.save hides why a file cannot be written
        torch.save(checkpoint, buffer)
        with atomic_write(self.path / "checkpoint.pt") as file:
            file.write(buffer.getbuffer())

    def load_checkpoint(self, owner: dict[str, Any]) -> dict[str, Any] | None:
        """The last checkpoint, or None if training was stopped before the first.

        Raises
        ------
        ArgumentError
            If the file is damaged, or has another owner.
        """
        path = self.path / "checkpoint.pt"
        if not path.is_file():
            return None
        try:
            checkpoint: dict[str, Any] = torch.load(path, weights_only=True)
            complete = {"owner", "game", "state"} <= set(checkpoint)
        except (RuntimeError, EOFError, OSError, TypeError, pickle.UnpicklingError) as error:
            msg = f"{path} is damaged; start again in another folder ({error})"
            raise ArgumentError(msg) from error
        if not complete:
            msg = f"{path} is damaged: it is no checkpoint of a training; start again in another folder"
            raise ArgumentError(msg)
        for name, value in owner.items():
            if checkpoint["owner"].get(name) != value:
                msg = f"{path} belongs to {_OTHER[name]}; start again in another folder"
                raise ArgumentError(msg)
        return checkpoint

    def save_log(self, rows: Sequence[dict[str, Any]], measure: str, floor: float) -> None:
        """Write the log and its curves."""
        self._text("log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        self.save_figure("curves.png", plots.curves(rows, measure, floor), dpi=110)

    def save_signals(self, real: FloatArray, surrogate: FloatArray, spec: SignalSpec, title: str) -> None:
        """Draw real signals beside generated ones."""
        self.save_figure("signals.png", plots.compare(real, surrogate, spec, title), dpi=90)

    def save_figure(self, name: str, figure: Figure, dpi: int = 100) -> None:
        """Write a picture; `name` ends in ``.png`` and may lie in a folder."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path) as file:
            figure.savefig(file, format="png", dpi=dpi)

    def _copy(self, recordings: Recordings) -> None:
        spec = recordings.spec
        # The conditions as a user writes them: numbers, or levels.
        arrays: dict[str, Any] = {c.name: c.decode(recordings.conditions[c.name]) for c in spec.conditions}
        with atomic_write(self.path / "recordings.npz") as file:
            np.savez(file, signals=recordings.signals, spec=json.dumps(spec.to_dict()), **arrays)

    def _text(self, name: str, text: str) -> None:
        with atomic_write(self.path / name) as file:
            file.write(text.encode())
