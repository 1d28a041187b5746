"""SciPy integrates over a surrogate, and draws from it, as plain calls would."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import gansurrogate as gs

Example = Callable[[str, str], ModuleType]


def power(signals: np.ndarray) -> np.ndarray:
    return (signals.astype(float) ** 2).mean(axis=(1, 2))


def test_quad_finds_the_mean_over_a_condition(example: Example, golden: Path) -> None:
    program, surrogate = example("scipy_quad", "scipy.integrate"), gs.load(golden, device="cpu", threads=1)
    found = program.mean_over(surrogate, "energy", power, 32, seed=7, kind="b")
    energies = 10 + 490 * (np.arange(2000) + 0.5) / 2000
    grid = [power(surrogate.sample(32, conditions={"energy": e, "kind": "b"}, rng=7)).mean() for e in energies]
    assert found == pytest.approx(np.mean(grid), rel=1e-4)
    spread = program.mean_over(surrogate, "energy", power, 32, seed=8, kind="b")
    assert found != spread


def test_a_variable_takes_the_rows_one_after_the_other(example: Example, sine: Callable[..., Path]) -> None:
    program, surrogate = example("scipy_rvs", "scipy.stats"), gs.load(sine(), device="cpu", threads=1)
    variable = program.Variable(surrogate, program.peak, seed=7)
    drawn = [variable.rvs(), variable.rvs(size=5), variable.rvs(size=(3, 4))]
    expected = surrogate.sample(18, rng=7).max(axis=1)
    np.testing.assert_array_equal(np.concatenate([values.ravel() for values in drawn]), expected)
    assert [values.shape for values in drawn] == [(1,), (5,), (3, 4)]


def test_the_p_value_is_that_of_the_plain_calls(example: Example, sine: Callable[..., Path]) -> None:
    program, surrogate = example("scipy_rvs", "scipy.stats"), gs.load(sine(), device="cpu", threads=1)
    recordings = surrogate.sample(40, rng=1)
    found = program.p_value(recordings, surrogate, 199, seed=7)
    null = program.peak(surrogate.sample(199 * 40, rng=7)).reshape(199, 40).mean(axis=1)
    assert found == pytest.approx((1 + (null >= program.peak(recordings).mean()).sum()) / 200, rel=1e-12)
    assert program.p_value(recordings + recordings.std(), surrogate, 199, seed=7) == pytest.approx(1 / 200)
