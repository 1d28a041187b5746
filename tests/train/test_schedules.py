import numpy as np
import pytest

from gansurrogate.train.schedules import cosine, ema_decay, log_linear, warm_up

PROGRESS = np.linspace(0, 1, 21)


@pytest.mark.parametrize(("progress", "expected"), [(0, 1), (0.5, 0.51), (1, 0.02), (1.5, 0.02)])
def test_cosine_falls_from_one_to_its_end_and_stays_there(progress: float, expected: float) -> None:
    assert cosine(progress, 0.02) == pytest.approx(expected)


def test_cosine_never_rises() -> None:
    assert (np.diff([cosine(p, 0.02) for p in PROGRESS]) <= 0).all()


@pytest.mark.parametrize(("step", "expected"), [(0, 0.1), (4, 0.5), (9, 1), (500, 1)])
def test_warm_up_rises_in_equal_steps_to_one_and_stays_there(step: int, expected: float) -> None:
    assert warm_up(step, 10) == pytest.approx(expected)


@pytest.mark.parametrize(("progress", "expected"), [(0, 1), (0.4, 0.01), (0.8, 1e-4), (0.9, 1e-4), (1, 1e-4)])
def test_log_linear_passes_the_geometric_mean_and_stops_at_its_end(progress: float, expected: float) -> None:
    assert log_linear(progress, start=1, end=1e-4, until=0.8) == pytest.approx(expected)


def test_ema_decay_starts_short_and_ends_at_its_bound() -> None:
    decays = [ema_decay(step, 0.99) for step in range(2000)]
    assert decays[0] == pytest.approx(0.1)
    assert (np.diff(decays) >= 0).all()
    assert max(decays) == decays[-1] == 0.99
