"""JAX: signals go from onnxruntime's memory to a compiled function by DLPack, without a copy where alignment allows.

python jax_dlpack.py noisy-sine.onnx
"""

import sys
from typing import Any

import jax
import jax.numpy as jnp

import gansurrogate as gs


@jax.jit
def energy(signals: Any) -> Any:
    """Mean square of each signal."""
    return (signals**2).mean(axis=-1)


def on_device(surrogate: gs.Surrogate, n: int, seed: int) -> Any:
    """`n` signals as a JAX array."""
    return jnp.from_dlpack(surrogate.sample(n, rng=seed, device_output=True))


if __name__ == "__main__":
    print(f"mean energy {energy(on_device(gs.load(sys.argv[1]), 10_000, seed=7)).mean():.4f}")
