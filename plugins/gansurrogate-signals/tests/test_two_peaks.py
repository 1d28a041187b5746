"""The values against their density."""

import numpy as np
from gansurrogate_signals import TwoPeaks
from scipy.integrate import cumulative_trapezoid
from scipy.stats import kstest

GRID = np.linspace(-8, 8, 20_001)


def test_the_density_integrates_to_one_and_has_its_peaks_where_it_says() -> None:
    density = TwoPeaks.density(GRID)
    assert abs(np.trapezoid(density, GRID) - 1) < 1e-6
    tops = GRID[1:-1][(density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])]
    np.testing.assert_allclose(tops, (-2, 1.5), atol=0.01)


def test_the_values_have_the_density() -> None:
    distribution = cumulative_trapezoid(TwoPeaks.density(GRID), GRID, initial=0)
    values = TwoPeaks().sample(20_000, rng=1)[:, 0]
    assert kstest(values, lambda x: np.interp(x, GRID, distribution)).pvalue > 0.01
