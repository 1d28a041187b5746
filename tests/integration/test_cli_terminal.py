"""Commands as they run in a terminal: with bars that move."""

import os
import pty
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


def shown(start, *command: object) -> str:
    """What a successful command shows on a terminal."""
    reader, writer = pty.openpty()
    process = start(*command, stderr=writer, env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "150"})
    os.close(writer)
    said = b""
    while True:
        try:
            said += os.read(reader, 65536)
        except OSError:  # the other end is closed
            break
    os.close(reader)
    assert (process.wait(), process.stdout.read()) == (0, "")
    return said.decode()


def test_a_training_shows_its_stage_step_losses_and_held_out_auc(start, pulses: Path, recipe: str) -> None:
    said = shown(start, "train", pulses, "--recipe", recipe, "--steps", 60, "-o", "pulses.onnx")
    for word in (
        "looking at the data",
        "training",
        "step 60",
        "left",
        "discriminator 0.",
        "generator ",
        "held-out AUC 0.",
        "exporting",
    ):
        assert word in said


def test_simulating_and_sampling_show_a_bar_and_the_rate(start, plain: Path) -> None:
    assert "300 signals of noisy-sine in x.npy" in shown(start, "simulate", "noisy-sine", "-n", 300, "-o", "x.npy")
    said = shown(start, "sample", plain, "-n", 100_000, "-o", "x.npy")
    assert "sampling" in said
    assert "100000 signals in x.npy" in said
