"""TensorBoard's own reader finds what a training logged."""

import json
from pathlib import Path

import pytest

from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, train
from gansurrogate.train.progress import Report
from gansurrogate.train.tensorboard import TensorBoard

event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def scalars(folder: Path, name: str) -> dict[int, float]:
    events = event_accumulator.EventAccumulator(str(folder)).Reload()
    return {event.step: event.value for event in events.Scalars(name)}


def test_the_events_are_the_lines_of_the_log(tmp_path: Path, recordings: Recordings, recipe: Recipe) -> None:
    with TensorBoard(tmp_path / "events") as board:
        train(recordings, RunFolder(tmp_path / "run"), recipe=recipe, budget=Budget(steps=60), progress=board)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    for name in ("discriminator", "penalty"):
        assert scalars(tmp_path / "events", f"loss/{name}") == pytest.approx(
            {line["step"]: line[name] for line in lines}
        )
    assert scalars(tmp_path / "events", "held_out_auc").keys() < {line["step"] for line in lines}


def test_a_resumed_training_supersedes_the_lines_it_repeats(tmp_path: Path) -> None:
    for first, value in ((25, 1.0), (50, 2.0)):
        with TensorBoard(tmp_path) as board:
            for step in range(first, first + 75, 25):
                board.report(Report(step, 0.5, 1.0, {"generator": value}, "held_out_auc", None))
    assert scalars(tmp_path, "loss/generator") == {25: 1.0, 50: 2.0, 75: 2.0, 100: 2.0}
