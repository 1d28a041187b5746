"""JAX computes on the very memory that onnxruntime wrote."""

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs

# In a process of its own, since JAX's threads and a fork of some other test do not go together.
PROGRAM = """
import sys
import numpy as np
import gansurrogate as gs
import jax_dlpack
surrogate = gs.load(sys.argv[1], device="cpu", threads=1)
signals = jax_dlpack.on_device(surrogate, 1000, seed=7)
held = surrogate.sample(1000, rng=7, device_output=True)
place = held.data_ptr()
shared = jax_dlpack.jnp.from_dlpack(held).unsafe_buffer_pointer() == place
np.savez(sys.argv[2], signals=signals, energy=jax_dlpack.energy(signals), shared=shared, aligned=place % 64 == 0)
"""


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="needs jax: make hosts")
def test_jax_has_the_bits_of_the_plain_call_without_a_copy(
    sine: Callable[..., Path], examples: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(sine()), str(tmp_path / "found.npz")]
    done = subprocess.run(command, cwd=examples, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    found, expected = np.load(tmp_path / "found.npz"), gs.load(sine(), device="cpu").sample(1000, rng=7)
    np.testing.assert_array_equal(found["signals"], expected, strict=True)
    np.testing.assert_allclose(found["energy"], (expected.astype(float) ** 2).mean(axis=1), rtol=1e-5)
    assert found["shared"] or not found["aligned"]  # JAX copies what does not begin at a multiple of 64 bytes
