"""A graph cut at its latents gives the same signals from the same latents."""

from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.cut import fed_at
from gansurrogate.errors import SurrogateFileError
from gansurrogate.session import open_session

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("name", ["golden", "fields", "text"])
def test_the_latents_of_the_row_law_give_the_signals_of_its_rows(name: str) -> None:
    path = DATA / f"{name}-{gs.__version__}.onnx"
    surrogate = gs.load(path)
    rows = np.arange(70, 95)
    session = open_session(fed_at(path.read_bytes(), "latent"), ("CPUExecutionProvider", {}))
    conditions = surrogate.draw_conditions(25, rng=4)
    feeds = surrogate.spec.encode_conditions(conditions, 25)
    feeds |= {"seed": np.array(9), "rows": rows - 70, "latent": rowlaw.latents(3, rows, surrogate.manifest.latents)}
    (signals,) = session.run(["signal"], feeds)
    np.testing.assert_array_equal(signals, surrogate.sample(25, conditions=conditions, rng=3, start=70))


def test_a_tensor_that_no_node_gives_is_named() -> None:
    data = (DATA / f"golden-{gs.__version__}.onnx").read_bytes()
    with pytest.raises(SurrogateFileError, match="0 nodes give 'energy'"):
        fed_at(data, "energy")
