"""The article's generator in Keras, in a process of its own: ``keras_worker.py`` waits for lines ``signals batch``.

After each it has predicted that many signals, it answers ``done``. Its first line is JSON: versions, or why there is
no Keras. `Keras` is the other end.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Self


class Keras:
    """Keras in another process, told when to run, so that it takes its turn.

    Attributes
    ----------
    versions : dict of str to str
        ``{"missing": reason}`` if there is none.
    """

    def __init__(self, python: str) -> None:
        environment = os.environ | {
            "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [python, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout
        self.versions: dict[str, str] = json.loads(self._answer())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._orders.close()
        self._process.wait()

    def predict(self, signals: int, batch: int) -> None:
        """Draw latents and predict, `batch` signals at a time."""
        self._orders.write(f"{signals} {batch}\n")
        self._orders.flush()
        self._answer()

    def _answer(self) -> str:
        line = self._answers.readline()
        if not line:
            msg = f"the Keras worker stopped with code {self._process.wait()}"
            raise RuntimeError(msg)
        return line


def main() -> None:
    """The worker."""
    answers, sys.stdout = sys.stdout, sys.stderr  # Keras prints

    def answer(text: str) -> None:
        answers.write(text + "\n")
        answers.flush()

    try:
        keras, versions = load()
    except ImportError as error:
        answer(json.dumps({"missing": str(error)}))
        return
    import numpy as np

    layers = [keras.Input((3, 1)), keras.layers.LSTM(150), keras.layers.Dense(300)]
    model = keras.Sequential(layers)
    random = np.random.default_rng(0)
    answer(json.dumps(versions))
    for line in sys.stdin:
        signals, batch = map(int, line.split())
        model.predict(random.standard_normal((signals, 3, 1), np.float32), batch_size=batch, verbose=0)
        answer("done")


def load() -> tuple[Any, dict[str, str]]:
    """Keras, on TensorFlow as in the article where that is installed, else on PyTorch; and what is in use."""
    backend = "tensorflow" if find_spec("tensorflow") else "torch"
    os.environ["KERAS_BACKEND"] = backend
    if backend == "torch":
        import_module("torch").set_num_threads(1)
    keras: Any = import_module("keras")
    return keras, {"keras": keras.__version__, backend: import_module(backend).__version__}


if __name__ == "__main__":
    main()
