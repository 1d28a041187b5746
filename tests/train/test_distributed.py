"""Two processes under torchrun play the game of one process with the joint batch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from gansurrogate.errors import ArgumentError
from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, train
from gansurrogate.train.distributed import agree, share, together

STEPS = 50
PROGRAM = """
import json, sys
from pathlib import Path
import torch
from gansurrogate.train import Budget, RunFolder, find_recipe, from_file, train
from gansurrogate.train.distributed import is_first, processes
torch.set_num_threads(1)
recordings, recipe, folder, steps = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
with processes():
    run, budget = RunFolder(folder), Budget(steps=steps)
    trained = train(from_file(recordings), run, recipe=find_recipe(recipe), budget=budget, seed=3)
    if is_first():
        torch.save(trained.network.state_dict(), folder / "weights.pt")
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, recordings: Recordings, recipe: Recipe) -> tuple[Path, Path]:
    """Run folders of the same training, by one process and by two."""
    folder = tmp_path_factory.mktemp("distributed")
    alone, both = folder / "alone", folder / "both"
    train(recordings, RunFolder(alone), recipe=recipe, budget=Budget(steps=STEPS), seed=3)
    (folder / "recipe.toml").write_text(recipe.to_toml())
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    (folder / "program.py").write_text(PROGRAM)
    arguments = ["program.py", "alone/recordings.npz", "recipe.toml", "both", str(STEPS)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([*launch, *arguments], cwd=folder, env=environment, check=True, capture_output=True, timeout=300)
    return alone, both


def log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_two_processes_have_the_losses_of_one_with_the_joint_batch(pair: tuple[Path, Path]) -> None:
    alone, both = map(log, pair)
    assert [line["step"] for line in both] == [line["step"] for line in alone] == [25, STEPS]
    for name in ("discriminator", "generator", "penalty", "energy"):
        expected = [line[name] for line in alone]
        np.testing.assert_allclose([line[name] for line in both], expected, rtol=1e-4, atol=1e-6)


def test_two_processes_reach_the_weights_of_one(pair: tuple[Path, Path]) -> None:
    checkpoint = torch.load(pair[0] / "checkpoint.pt", weights_only=True)
    weights = torch.load(pair[1] / "weights.pt", weights_only=True)
    kept: dict[str, Tensor] = checkpoint["state"]["kept"]
    for name, expected in kept.items():
        torch.testing.assert_close(weights[name], expected, rtol=1e-3, atol=1e-4)


def test_alone_nothing_is_shared() -> None:
    rows = torch.arange(6.0)
    assert share(rows) is rows
    assert together(rows) is rows
    assert agree("mine") == "mine"


def test_a_batch_that_two_processes_cannot_share_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gansurrogate.train.distributed.count", lambda: 2)
    with pytest.raises(ArgumentError, match="batch of 5 cannot be shared by 2 processes"):
        share(torch.zeros(5))
