"""The rules send each kind of signal to the family that suits it."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.train import Recordings, recipe_from
from gansurrogate.train.default.family import choose
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe

DATA = Path(os.environ.get("GANSURROGATE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def family(signals: np.ndarray, recipe: DefaultRecipe | None = None) -> str:
    recipe = recipe or DefaultRecipe()
    seen = torch.from_numpy(signals)
    choice = choose(look(seen, recipe), seen, (), recipe)
    assert choice.reason
    return choice.family


@pytest.mark.parametrize(
    ("name", "expected"), [("noisy-sine", "basis"), ("detector-pulse", "shifted"), ("coloured-noise", "spectral")]
)
def test_each_kind_gets_its_family(name: str, expected: str) -> None:
    assert family(gs.signal_generator(name).sample(4000, rng=1)) == expected


def test_few_signals_get_the_basis_family() -> None:
    """The others would have to learn more than a few hundred signals can tell."""
    for name in ("detector-pulse", "coloured-noise"):
        assert family(gs.signal_generator(name).sample(500, rng=1)) == "basis"


def test_heart_beats_get_the_basis_family() -> None:
    file = DATA / "ecg_scipy" / "ecg.dat"
    if not file.is_file():
        pytest.skip("there is no ecg_scipy/ecg.dat in the test data")
    with np.load(file) as archive:
        voltage = (archive["ecg"].astype("f4") - 1024) / 200
    peaks = [
        i for i in range(150, len(voltage) - 190) if voltage[i] > 1.05 and voltage[i] == voltage[i - 75 : i + 76].max()
    ]
    assert family(np.stack([voltage[i - 110 : i + 190] for i in peaks])) == "basis"


def test_a_family_can_be_asked_for() -> None:
    signals = gs.signal_generator("noisy-sine").sample(500, rng=1)
    assert family(signals, DefaultRecipe(family="conv")) == "conv"


@pytest.mark.parametrize("name", ["shifted", "spectral"])
def test_a_family_of_one_channel_refuses_several(name: str, recordings: Recordings) -> None:
    pairs = np.stack([recordings.signals] * 2, 1)
    with pytest.raises(ArgumentError, match=r"one channel.*\(2, 32\)"):
        recipe_from({"family": name}).prepare(Recordings("pairs", gs.SignalSpec((2, 32)), pairs, {}, {}), seed=1)


@pytest.mark.parametrize(("name", "family_name"), [("detector-pulse", "shifted"), ("coloured-noise", "spectral")])
def test_a_training_goes_through_and_says_its_family(name: str, family_name: str) -> None:
    generator = gs.signal_generator(name)
    signals = generator.sample(2600, rng=1)
    sizes = {"width": 16, "depth": 1, "head_width": 16, "head_depth": 1, "noise_head_width": 8, "batch_size": 32}
    recipe = recipe_from({**sizes, "held_out_signals": 100, "pilot_signals": 2400})
    game = recipe.prepare(Recordings(name, generator.spec, signals, {}, {}), seed=1)
    assert game.describe()["family"] == family_name
    for step in range(3):
        assert all(np.isfinite(loss) for loss in game.move(step, 0.1).values())
    assert 0.4 < game.floor < 0.7


@pytest.mark.parametrize("name", ["windows", "autoregressive"])
@pytest.mark.parametrize("shape", [(40, 24), (40, 2, 2), (40, 2, 12, 12)])
def test_a_family_of_windows_refuses_other_signals(name: str, shape: tuple[int, ...]) -> None:
    signals = np.random.default_rng(0).standard_normal(shape).astype("f4")
    with pytest.raises(ArgumentError, match=rf"{name} takes signals of shape \(channels, length\).*leave family"):
        family(signals, DefaultRecipe(family=name))


@pytest.mark.parametrize("name", ["windows", "autoregressive"])
def test_a_family_of_windows_refuses_conditions(name: str, conditions: tuple[gs.Condition, ...]) -> None:
    seen, recipe = torch.randn(40, 2, 24), DefaultRecipe(family=name)
    with pytest.raises(ArgumentError, match=r"without conditions.*\(energy, kind\)"):
        choose(look(seen, recipe), seen, conditions, recipe)
