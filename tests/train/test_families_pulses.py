"""The fit of pulses at unknown times: its likelihood, its knots, and how sharp the edges are that it finds."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from torch import Tensor

from gansurrogate.train.default import knots
from gansurrogate.train.default.onsets import Aligned, look_at_onsets
from gansurrogate.train.default.pulses import FINE, Pulses

NOISE, LENGTH = 0.05, 120


def kinked(time: Tensor, fall: Tensor | float = 12.0) -> Tensor:
    """A pulse that starts with a kink at time 0 and has a height of about 1."""
    after = time.clamp_min(0)
    return 1.5 * (torch.exp(-after / fall) - torch.exp(-after / 2.0))


def aligned_to(sign: float, fall: Tensor | float = 12.0) -> tuple[Aligned, Tensor]:
    """The look at 1,200 such pulses in noise, and their onsets."""
    random = torch.Generator().manual_seed(3)
    onset, size = 15 + 60 * torch.rand(1200, 1, generator=random), 0.6 + torch.rand(1200, 1, generator=random)
    noise = torch.randn(1200, LENGTH, generator=random)
    signals = sign * size * kinked(torch.arange(LENGTH) - onset, fall) + NOISE * noise
    return look_at_onsets(signals), onset[:, 0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_edge_of_a_pulse_is_not_blurred(sign: float) -> None:
    aligned, onset = aligned_to(sign)
    assert aligned.floor == pytest.approx(NOISE, rel=0.02)
    # One shape: what the other components add is within the noise.
    assert float(aligned.coefficients[:, 1:].std(0).max()) < 1.5 * NOISE
    offset = float((onset - aligned.shifts).median())
    assert float((onset - aligned.shifts - offset).abs().median()) < 0.1
    time = (torch.arange(aligned.components.shape[1]) - aligned.origin) / FINE - offset
    near = (time > -10) & (time < 30)
    found = aligned.coefficients.mean(0) @ aligned.components[:, near]
    errors = []
    for late in torch.arange(-0.4, 0.4, 0.02):
        true = sign * kinked(time[near] - late)
        fitted = float((found * true).sum() / (found * found).sum()) * found
        errors.append(float((fitted - true).square().mean().sqrt()))
    assert min(errors) < 0.012  # of a height of 1; places fitted one by one had 0.024


def test_two_parameters_of_shape_leave_only_noise() -> None:
    fall = torch.linspace(5, 20, 1200)[torch.randperm(1200, generator=torch.Generator().manual_seed(1))][:, None]
    aligned, _ = aligned_to(1.0, fall)
    assert 2 <= len(aligned.components) <= 5
    assert aligned.floor == pytest.approx(NOISE, rel=0.02)
    assert len(aligned.knots) < 60  # of 1,700 places


def test_the_likelihood_is_that_of_a_mixture_of_normals() -> None:
    """In units of the normal density, over the shifts that are sought, each as likely."""
    random = torch.Generator().manual_seed(0)
    signals = torch.randn(3, 12, generator=random) + 2 * torch.exp(-0.5 * (torch.arange(12) - 6.0) ** 2)
    pulses = Pulses(signals, torch.zeros(3), signals.mean(0))
    components, mean = pulses.components.double().numpy(), pulses.mean.double().numpy()
    variance, covariance = pulses.variance, pulses.covariance.double().numpy() + 0  # as they are before the step
    pulses.improve(1)
    covariance += 1e-3 * variance * np.eye(1)
    total = 0.0
    for signal in signals.double().numpy():
        terms = []
        for place in range(FINE * -1 - FINE + 1, FINE * 1 + 1):  # shifts in places
            at = components[pulses.origin + FINE * np.arange(12) - place]
            terms.append(multivariate_normal(at @ mean, at @ covariance @ at.T + variance * np.eye(12)).logpdf(signal))
        total += float(logsumexp(terms)) + 6 * math.log(2 * math.pi)
    assert pulses.likelihood == pytest.approx(total, abs=1e-2)


def test_curves_through_knots_are_least_squares() -> None:
    rng = np.random.default_rng(0)
    size, at = 41, torch.tensor([0, 3, 4, 15, 40])
    weight, y = rng.uniform(0.5, 2, size), rng.standard_normal(size)
    gram = torch.from_numpy(weight)[:, None, None]
    fitted = knots.fit(at, gram, torch.from_numpy(weight * y)[:, None], torch.zeros(1, 1, dtype=torch.double))
    tents = np.stack([np.interp(np.arange(size), at.numpy(), unit) for unit in np.eye(5)], 1)
    root = np.sqrt(weight)
    expected = np.linalg.lstsq(root[:, None] * tents, root * y, rcond=None)[0]
    np.testing.assert_allclose(fitted.values[:, 0].numpy(), expected, rtol=1e-5)
    drawn = knots.drawn(fitted.values, *knots.around(at, size))
    np.testing.assert_allclose(drawn[:, 0].numpy(), tents @ expected, rtol=1e-5, atol=1e-7)


def test_knots_gather_where_the_curve_bends() -> None:
    size = 20 * FINE * 4
    places = torch.arange(size).double()
    curve = torch.exp(-0.5 * ((places / FINE - 20) / 2) ** 2)[:, None]  # a bell two samples wide
    gram = torch.full((size, 1, 1), 100.0, dtype=torch.double)
    at = knots.even(size, FINE)
    for _ in range(3):
        fitted = knots.fit(at, gram, 100 * curve, torch.zeros(1, 1, dtype=torch.double))
        at = knots.better(at, size, FINE, fitted, torch.ones(1, 1), 0.01)
    inside = (at > 12 * FINE) & (at < 28 * FINE)
    assert int(inside.sum()) > 0.6 * len(at)
    fitted = knots.fit(at, gram, 100 * curve, torch.zeros(1, 1, dtype=torch.double))
    left = knots.drawn(fitted.values, *knots.around(at, size)) - curve
    assert float(left.abs().max()) < 0.25 * 0.1  # 0.15 of the noise of 0.1 between ideal knots
