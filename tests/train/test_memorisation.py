"""The memorisation ratio: one for unseen signals, small for copies, and the same from a plain double loop."""

import numpy as np
import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.memorisation import memorisation_ratio, windows_memorisation_ratio


@pytest.fixture(scope="module")
def signals() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((900, 2, 5)) * [[1], [100]]


def test_unseen_signals_lie_as_far_as_held_out_ones_and_copies_do_not(signals: np.ndarray) -> None:
    training, unseen, held_out = np.split(signals, 3)
    assert memorisation_ratio(training, unseen, held_out).value == pytest.approx(1, abs=0.1)
    assert memorisation_ratio(training, training, held_out).value == pytest.approx(0, abs=1e-6)
    near = memorisation_ratio(training, training + 0.01 * unseen, held_out)
    assert near.high < 0.1
    assert memorisation_ratio(training, 3 * unseen, held_out).low > 1.5


def test_the_ratio_is_that_of_a_plain_double_loop(signals: np.ndarray) -> None:
    training, unseen, held_out = (part[:30] for part in np.split(signals, 3))
    mean, spread = training.mean((0, 2), keepdims=True), training.std((0, 2), keepdims=True)
    known, *asked = ((side - mean) / spread for side in (training, unseen, held_out))
    drawn, real = (np.median([min(np.linalg.norm(a - k) for k in known) for a in side]) for side in asked)
    assert memorisation_ratio(training, unseen, held_out).value == pytest.approx(drawn / real)


def test_windows_that_share_samples_do_not_count_as_neighbours() -> None:
    recording = np.cumsum(np.random.default_rng(0).standard_normal(700))
    windows = np.lib.stride_tricks.sliding_window_view(recording, 12)[:, None].copy()
    between = []
    for i, window in enumerate(windows):
        others = [np.linalg.norm(window - w) for j, w in enumerate(windows) if abs(i - j) >= 12]
        between.append(min(others))
    fakes = windows + 0.01 * recording.std()
    expected = 0.01 * recording.std() * np.sqrt(12) / np.median(between)
    assert windows_memorisation_ratio(windows, fakes, overlap=12).value == pytest.approx(expected, rel=0.05)


def test_signals_that_do_not_compare_are_refused(signals: np.ndarray) -> None:
    with pytest.raises(ArgumentError, match="one shape"):
        memorisation_ratio(signals, signals[:, :1], signals)
    with pytest.raises(ArgumentError, match="overlap"):
        windows_memorisation_ratio(signals, signals, overlap=800)
