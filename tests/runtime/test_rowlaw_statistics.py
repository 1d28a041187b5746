"""A small battery with fixed seeds: the row law's values are independent along rows, words and seeds.

Each statistic is brought to a standard normal z or a p-value. The bounds are passed by a good generator with
probability 1 - 1e-6 or so; with fixed seeds the outcome never changes. TestU01 is the large battery.
"""

import math

import numpy as np
import pytest

from gansurrogate import rowlaw
from gansurrogate.latent import Latent

SEEDS = [0, 1, -1, 2**62 + 12345]
N = 2**16
LARGE_Z = 5.0  # p = 6e-7 on both sides


def normal_cdf(values):
    return 0.5 * (1 + np.vectorize(math.erf)(values / math.sqrt(2)))


def ks(uniform):
    """sqrt(n) times the largest distance between the empirical and the uniform distribution function."""
    ordered = np.sort(uniform)
    n = len(ordered)
    steps = np.arange(n + 1) / n
    return math.sqrt(n) * max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max())


def correlation_z(x, y):
    return np.corrcoef(x, y)[0, 1] * math.sqrt(len(x))


def along_rows(kind, seed):
    return rowlaw.latents(seed, range(N), [Latent(kind, 2)]).T


def along_words(kind, seed):
    return rowlaw.latents(seed, [2**33 + 5], [Latent(kind, 2 * N)]).reshape(2, N)


def along_seeds(kind, seed):
    seeds = range(seed, seed + N // 16)
    return np.stack([rowlaw.latents(s, [77], [Latent(kind, 2)])[0] for s in seeds]).T


def along_rows_with_stride(kind, seed):
    return rowlaw.latents(seed, np.arange(N) * 2**20, [Latent(kind, 2)]).T


DIRECTIONS = [along_rows, along_words, along_seeds, along_rows_with_stride]


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_normal_values_follow_the_normal_distribution(direction, seed):
    for values in direction("normal", seed).astype(np.float64):
        n = len(values)
        assert ks(normal_cdf(values[: 2**14])) < 2.65  # p = 1.6e-6
        assert abs(values.mean()) * math.sqrt(n) < LARGE_Z
        assert abs((values**2).mean() - 1) * math.sqrt(n / 2) < LARGE_Z
        assert abs((values**3).mean()) * math.sqrt(n / 15) < LARGE_Z
        assert abs((values**4).mean() - 3) * math.sqrt(n / 96) < LARGE_Z


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_values_are_uniform_and_serially_independent(direction, seed):
    first, second = direction("uniform", seed).astype(np.float64)
    for values in (first, second):
        assert ks(values) < 2.65
        for lag in (1, 2, 3, 8, 64, 1024):
            assert abs(correlation_z(values[:-lag], values[lag:])) < LARGE_Z
            squared = (values - 0.5) ** 2
            assert abs(correlation_z(squared[:-lag], squared[lag:])) < LARGE_Z
    assert abs(correlation_z(first, second)) < LARGE_Z


def test_columns_are_uncorrelated():
    drawn = rowlaw.latents(3, range(20_000), [Latent("normal", 40)]).astype(np.float64)
    for columns in (drawn, drawn**2):
        z = np.corrcoef(columns.T)[np.triu_indices(40, 1)] * math.sqrt(len(drawn))
        assert np.abs(z).max() < 5.5
        assert abs((z**2).mean() - 1) * math.sqrt(len(z) / 2) < LARGE_Z


def test_neighbouring_seeds_give_unrelated_streams():
    streams = np.stack([rowlaw.latents(s, range(20_000), [Latent("normal", 1)])[:, 0] for s in range(-20, 20)])
    z = np.corrcoef(streams.astype(np.float64))[np.triu_indices(40, 1)] * math.sqrt(20_000)
    assert np.abs(z).max() < 5.5
    assert abs((z**2).mean() - 1) * math.sqrt(len(z) / 2) < LARGE_Z


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("which", range(4))
def test_every_bit_of_the_words_is_fair(seed, which):
    word = rowlaw.words(seed, range(N), 1)[which][0]
    bits = (word[:, None] >> np.arange(32, dtype=np.uint64)) & np.uint64(1)
    z = (bits.mean(0) - 0.5) * 2 * math.sqrt(N)
    assert np.abs(z).max() < 5.5


def poisson_tails(count, mean):
    """P(X <= count) and P(X >= count)."""
    terms = [math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count + 1)]
    return sum(terms), 1 - sum(terms[:-1])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("direction", ["rows", "counters"])
def test_birthday_spacings_collide_as_often_as_chance(seed, which, direction):
    """Marsaglia's test: equal spacings among m birthdays in 2^32 days are Poisson with mean m^3 / 2^34."""
    m, repeats, equal = 4096, 16, 0
    drawn = rowlaw.words(seed, range(m * repeats), 1) if direction == "rows" else rowlaw.words(seed, [9], m * repeats)
    for birthdays in drawn[which].reshape(repeats, m):
        spacings = np.sort(np.diff(np.sort(birthdays)))
        equal += int((np.diff(spacings) == 0).sum())
    few, many = poisson_tails(equal, repeats * m**3 / 2**34)
    assert min(few, many) > 1e-6
