"""Triton: rows of a surrogate that a server holds, by gRPC.

python triton_client.py localhost:8001 noisy-sine 10000
"""

import sys
from typing import Any

import numpy as np
import tritonclient.grpc as triton
from numpy.typing import NDArray

BLOCK = 1000  # rows of one request: other clients have their turn between two


def sample(
    client: triton.InferenceServerClient, model: str, n: int, *, seed: int, start: int = 0, **conditions: NDArray[Any]
) -> NDArray[Any]:
    """Rows `start` to ``start + n - 1`` of `seed`: (n, *shape), in the surrogate's unit.

    Conditions are as the file takes them: float32 (n, *shape) in their unit, or int64 indices of their levels.
    """
    blocks = []
    for first in range(0, n, BLOCK):
        rows = np.arange(start + first, start + min(first + BLOCK, n))
        given = {name: values[first : first + BLOCK] for name, values in conditions.items()}
        inputs = [tensor(name, values) for name, values in {"seed": np.array([seed]), "rows": rows, **given}.items()]
        blocks.append(client.infer(model, inputs).as_numpy("signal"))
    return np.concatenate(blocks)


def tensor(name: str, values: NDArray[Any]) -> triton.InferInput:
    """An input of a request."""
    found = triton.InferInput(name, values.shape, "INT64" if values.dtype.kind == "i" else "FP32")
    found.set_data_from_numpy(values)
    return found


if __name__ == "__main__":
    address, model, n = sys.argv[1:]
    with triton.InferenceServerClient(address) as client:
        config = client.get_model_config(model).config
        print(config.parameters["surrogate"].string_value, config.parameters["file_sha256"].string_value)
        signals = sample(client, model, int(n), seed=7)
    print(f"{signals.shape}, mean {signals.mean():g}")
