"""``benchmarks/gpu.py`` on a machine that has nothing for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from gansurrogate.doctor.nvidia import has_card

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "gpu.py"


@pytest.mark.skipif(has_card(), reason="there is a card to measure")
def test_without_a_card_it_says_so_and_ends_well() -> None:
    done = subprocess.run([sys.executable, BENCHMARK], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "nothing to measure: there is no NVIDIA card on this machine\n"


def test_on_the_processor_it_prints_its_tables(plain: Path) -> None:
    options = ["--device", "cpu", "--tiles", "32", "64", "--rounds", "1"]
    done = subprocess.run([sys.executable, BENCHMARK, plain, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "latents whose bits are not those of the processor: 0 of" in done.stdout
    assert "| surrogate.sample | 0 |" in done.stdout  # its deviation from itself
