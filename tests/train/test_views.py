from collections.abc import Callable

import numpy as np
import pytest
import torch

from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.views import Views

N = 2000


@pytest.fixture(scope="module")
def views(sines: Callable[..., np.ndarray]) -> Views:
    real = torch.from_numpy(sines(N, seed=1))
    recipe = DefaultRecipe()
    return Views(look(real, recipe), recipe, real)


def significance(views: Views, signals: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Difference of the mean of each view, in standard errors."""
    a, b = (views(torch.from_numpy(x)).numpy().astype(float) for x in (signals, reference))
    return np.abs(a.mean(0) - b.mean(0)) / np.sqrt(a.var(0) / len(a) + b.var(0) / len(b))


def varying(views: Views) -> torch.Tensor:
    """Some views are constant: the components may take all power of a frequency."""
    wide = views.width > 0.01
    assert wide.float().mean() > 0.9
    return wide


def test_views_of_the_signals_that_fixed_them_have_zero_mean_and_unit_spread(views: Views, sines) -> None:
    seen = views(torch.from_numpy(sines(N, seed=1)))
    torch.testing.assert_close(seen.mean(0), torch.zeros(views.size), atol=1e-3, rtol=0)
    assert seen.std(0).max() < 1.001
    assert seen.std(0)[varying(views)].min() > 0.95


def test_views_of_other_real_signals_have_about_the_same_spread(views: Views, sines) -> None:
    seen = views(torch.from_numpy(sines(N, seed=2)))
    assert seen.shape == (N, views.size)
    assert seen.std(0).max() < 1.25
    assert seen.std(0)[varying(views)].min() > 0.8


def test_other_real_signals_look_like_the_first(views: Views, sines) -> None:
    assert significance(views, sines(N, seed=2), sines(N, seed=3)).max() < 5


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_tenth_more_or_less_noise_stands_out_in_the_views_of_the_residual(views: Views, sines, factor) -> None:
    seen = significance(views, sines(N, seed=2, noise=factor * 0.1), sines(N, seed=3))
    assert seen[views.trajectory_size :].max() > 15


def test_noise_of_another_colour_stands_out_in_the_views_of_the_residual(views: Views, sines) -> None:
    random = np.random.default_rng(4)
    white = random.standard_normal((N, 33))
    coloured = 0.1 * (white[:, 1:] + 0.3 * white[:, :-1]) / np.sqrt(1.09)  # the same variance
    seen = significance(views, sines(N, seed=2, noise=0) + coloured.astype(np.float32), sines(N, seed=3))
    assert seen[views.trajectory_size :].max() > 15


def test_another_frequency_stands_out_in_the_views_of_the_trajectory(views: Views, sines) -> None:
    slower = np.sin(2 * np.pi * np.arange(32) / 20 + np.random.default_rng(5).uniform(0, 6.3, (N, 1)))
    assert significance(views, slower.astype(np.float32), sines(N, seed=3))[: views.trajectory_size].max() > 15


@pytest.mark.parametrize("factor", [1e-15, 1e-6, 1e6, 1e15])
def test_the_unit_of_the_signals_does_not_matter(factor: float, sines) -> None:
    real = torch.from_numpy(sines(500))
    views, scaled = (Views(look(x, DefaultRecipe()), DefaultRecipe(), x) for x in (real, factor * real))
    # The sign of a component is arbitrary; the residual and the level have none.
    first, second = (v(x)[:20].abs() for v, x in ((views, real), (scaled, factor * real)))
    level_and_residual = slice(views.trajectory_size - 1, None)
    torch.testing.assert_close(second[:, level_and_residual], first[:, level_and_residual], rtol=0.02, atol=0.02)


@pytest.mark.parametrize("shape", [(5,), (2, 32), (6, 8), (3, 4, 16)])
def test_signals_of_any_shape_have_finite_differentiable_views(shape: tuple[int, ...], sines) -> None:
    real = torch.from_numpy(sines(200, shape))
    views = Views(look(real, DefaultRecipe()), DefaultRecipe(), real)
    signals = torch.from_numpy(sines(7, shape, seed=9)).requires_grad_()
    seen = views(signals)
    assert seen.shape == (7, views.size)
    seen.square().sum().backward()
    assert torch.isfinite(seen).all()
    assert torch.isfinite(signals.grad).all()
