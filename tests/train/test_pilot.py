import numpy as np
import pytest
import torch
from torch import Tensor

from gansurrogate.errors import RecordingsError
from gansurrogate.train.default.pilot import Pilot, look
from gansurrogate.train.default.recipe import DefaultRecipe

RANK, SIZE, NOISE = 3, 48, 0.2
RECIPE = DefaultRecipe()


def low_rank(n: int = 4000, noise: float = NOISE, scale: float = 1.0) -> tuple[Tensor, np.ndarray]:
    """Signals on three orthogonal directions of spread 5, 3 and 2, with white noise; and the directions."""
    random = np.random.default_rng(0)
    directions = np.linalg.qr(random.standard_normal((SIZE, RANK)))[0].T
    clean = random.standard_normal((n, RANK)) * [5, 3, 2] @ directions + 7
    signals = scale * (clean + noise * random.standard_normal((n, SIZE)))
    return torch.from_numpy(signals).float(), directions


def found(pilot: Pilot) -> int:
    """Components above the noise."""
    return pilot.rank - RECIPE.spare_components


def test_rank_and_noise_floor_of_low_rank_signals_are_found() -> None:
    pilot = look(low_rank()[0], RECIPE)
    assert found(pilot) == RANK
    assert pilot.floor == pytest.approx(NOISE, rel=0.05)


@pytest.mark.parametrize("n", [16, 40, 100])  # fewer, and not many more, than values in a signal
def test_rank_and_noise_floor_are_about_right_for_few_signals(n: int) -> None:
    pilot = look(low_rank(n)[0], RECIPE)
    assert pilot.floor == pytest.approx(NOISE, rel=0.25)
    assert RANK <= found(pilot) <= 2 * RANK


def test_components_are_orthonormal_and_span_the_true_directions() -> None:
    signals, directions = low_rank()
    components = look(signals, RECIPE).components.numpy()
    np.testing.assert_allclose(components @ components.T, np.eye(len(components)), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(directions @ components[:RANK].T, axis=1), 1, atol=0.01)


def test_mean_spread_and_scale_are_those_of_the_signals() -> None:
    pilot = look(low_rank()[0], RECIPE)
    np.testing.assert_allclose(pilot.mean, 7, atol=0.2)
    np.testing.assert_allclose(pilot.spread[:RANK], [5, 3, 2], rtol=0.05)
    assert pilot.scale == pytest.approx(np.sqrt((25 + 9 + 4) / SIZE + NOISE**2), rel=0.05)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_the_signals_does_not_matter(factor: float) -> None:
    pilot, scaled = look(low_rank()[0], RECIPE), look(low_rank(scale=factor)[0], RECIPE)
    assert scaled.rank == pilot.rank
    assert scaled.floor == pytest.approx(factor * pilot.floor, rel=1e-3)


def test_signals_without_noise_have_a_small_positive_floor() -> None:
    pilot = look(low_rank(noise=0)[0], RECIPE)
    assert found(pilot) == RANK
    assert 0 < pilot.floor < 1e-3 * pilot.scale
    assert (pilot.spread > 0).all()


def test_white_noise_alone_has_no_component_above_its_floor() -> None:
    noise = torch.randn(4000, SIZE, generator=torch.Generator().manual_seed(0))
    pilot = look(noise, RECIPE)
    assert found(pilot) <= 0
    assert pilot.floor == pytest.approx(1, rel=0.05)


def test_more_directions_than_allowed_are_cut() -> None:
    noise = torch.randn(500, SIZE, generator=torch.Generator().manual_seed(0)) * torch.linspace(0.01, 9, SIZE)
    assert look(noise, RECIPE).rank <= min(RECIPE.most_components, SIZE // 2)


@pytest.mark.parametrize("shape", [(2, 24), (6, 8)])
def test_signals_of_two_dimensions_are_looked_at_as_a_whole(shape: tuple[int, ...]) -> None:
    flat = look(low_rank()[0], RECIPE)
    pilot = look(low_rank()[0].reshape(-1, *shape), RECIPE)
    assert (pilot.shape, pilot.size, pilot.rank) == (shape, SIZE, flat.rank)
    torch.testing.assert_close(pilot.components, flat.components)


def test_coefficients_and_components_give_back_a_low_rank_signal() -> None:
    signals, _ = low_rank(noise=0)
    pilot = look(signals, RECIPE)
    centred = signals - pilot.mean
    torch.testing.assert_close(pilot.coefficients(centred) @ pilot.components, centred, atol=1e-3, rtol=0)


def test_signals_of_one_value_are_refused_with_the_recipe_that_takes_them() -> None:
    with pytest.raises(RecordingsError, match="at least two values; got one: the recipe objective"):
        look(torch.randn(200, 1), RECIPE)
