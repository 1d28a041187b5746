"""TimeGAN's scores and the sharper judge: known defects seen, real against real near chance, forecasts that hold."""

import numpy as np
import pytest
import torch

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.recurrent import Recurrent
from gansurrogate.fidelity.sharp import sharp_auc
from gansurrogate.fidelity.timegan import discriminative_score, predictive_score

N, CHANNELS, LENGTH = 1200, 4, 8


def walks(seed: int, step: float = 0.1, n: int = N, channels: int = CHANNELS) -> np.ndarray:
    """Slow levels with small steps: (n, channels, LENGTH)."""
    random = np.random.default_rng(seed)
    steps = step * random.standard_normal((n, channels, LENGTH))
    return (random.standard_normal((n, channels, 1)) + np.cumsum(steps, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def real() -> np.ndarray:
    return walks(1)


def test_the_recurrent_unit_is_that_of_tensorflow_1() -> None:
    torch.manual_seed(0)
    judges = Recurrent(2, 3, 5)
    x = torch.rand(2, 4, 6, 3)
    with torch.no_grad():
        ours = judges(x).numpy()
    for judge, rows in enumerate(x.numpy()):
        gates, candidate, dense = (
            parameter[judge].detach().numpy() for parameter in (judges.gates, judges.candidate, judges.dense)
        )
        for row, window in enumerate(rows):
            state = np.zeros(5)
            for step, values in enumerate(window):
                reset, update = np.split(1 / (1 + np.exp(-(np.append(values, state) @ gates + 1))), 2)
                new = np.tanh(np.append(values, reset * state) @ candidate)
                state = update * state + (1 - update) * new
                assert ours[judge, row, step] == pytest.approx((state @ dense).item(), abs=1e-5)


@pytest.mark.parametrize("seed", [2, 3])
def test_real_windows_are_not_told_from_other_real_ones(seed: int, real: np.ndarray) -> None:
    other = walks(seed)
    # 480 windows are judged: four standard errors of an accuracy are 0.09, of an AUC 0.11.
    assert discriminative_score(real, other, repeats=2, seed=seed, iterations=100).value < 0.09
    assert abs(sharp_auc(real, other, repeats=2, seed=seed, iterations=100).value - 0.5) < 0.11


def test_a_shifted_level_is_seen_by_timegan_s_judge(real: np.ndarray) -> None:
    assert discriminative_score(real, walks(2) + 3, repeats=1, iterations=300).value > 0.15


def test_too_lively_steps_are_seen_by_the_sharper_judge_only(real: np.ndarray) -> None:
    lively = walks(2, step=0.2)
    assert discriminative_score(real, lively, repeats=1, iterations=200).value < 0.15
    assert sharp_auc(real, lively, repeats=1, iterations=300).value > 0.85


def test_a_forecast_learned_from_equal_windows_comes_close_to_the_best_one() -> None:
    random = np.random.default_rng(0)
    signals = random.random((2000, 2, LENGTH))
    signals[:, 1, 1:] = (signals[:, 0, :-1] + random.random((2000, LENGTH - 1))) / 2  # given the past: 0.125 at best
    shuffled = signals[random.permutation(2000)]
    shuffled[:, 1] = shuffled[random.permutation(2000), 1]  # the channels know nothing of each other
    learned, blind = (predictive_score(signals, other, repeats=1, iterations=1000) for other in (signals, shuffled))
    assert learned.value == pytest.approx(0.125, abs=0.01)
    assert blind.value == pytest.approx(1 / 6, abs=0.01)  # of the triangular density around its middle


def test_a_single_channel_is_judged_and_forecast_from_its_own_past(real: np.ndarray) -> None:
    one = real[:, 0]
    assert discriminative_score(one, one + 3, repeats=1, iterations=200).value > 0.3
    assert predictive_score(one, one, repeats=1, iterations=200).value < 0.1


def test_scores_follow_their_seed_and_leave_the_caller_s_randomness_alone(real: np.ndarray) -> None:
    def scores() -> list[float]:
        return [
            discriminative_score(real, real[::-1], repeats=1, iterations=5).value,
            predictive_score(real, real, repeats=1, iterations=5).value,
            sharp_auc(real, real[::-1], repeats=1, iterations=5).value,
        ]

    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = torch.get_rng_state()
    first = scores()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    np.random.seed(2)  # noqa: NPY002
    assert scores() == first


def test_sets_that_do_not_compare_are_refused(real: np.ndarray) -> None:
    with pytest.raises(ArgumentError, match="as many signals of each side"):
        discriminative_score(real, real[:-1])
    with pytest.raises(ArgumentError, match="same shape"):
        predictive_score(real, real[:, :2])
    damaged = real.copy()
    damaged[3, 0, 0] = np.nan
    with pytest.raises(ArgumentError, match="the other ones hold NaN"):
        sharp_auc(real, damaged)
