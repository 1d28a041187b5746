"""Showers of a Geant4 run have the signals of one plain call."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs


@pytest.mark.skipif(not importlib.util.find_spec("geant4_pybind"), reason="needs geant4-pybind: make hosts")
def test_showers_have_the_signals_of_one_plain_call(golden: Path, examples: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("G4", "GEANT4"))}
    done = subprocess.run(
        [sys.executable, examples / "geant4_showers.py", golden, tmp_path],
        capture_output=True, text=True, check=False, timeout=100, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    run = np.load(tmp_path / "showers.npz")
    hits = (np.abs(run["slopes"]) < 0.2).all(axis=2)  # the face is 1 m away and 40 cm wide
    assert 200 < hits.sum() < 320
    energies = np.concatenate(
        [shot[hit][::-1] for shot, hit in zip(run["shot"], hits, strict=True)]
    )  # last in first out
    np.testing.assert_allclose(run["energy"], energies, rtol=1e-12)
    surrogate = gs.load(golden, device="cpu")
    expected = surrogate.sample(len(energies), conditions={"energy": run["energy"], "kind": "a"}, rng=7)
    np.testing.assert_array_equal(run["signals"], expected, strict=True)
