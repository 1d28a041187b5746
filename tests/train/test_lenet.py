"""A LeNet learns the user's images and sees what is wrong with generated ones."""

import numpy as np
import pytest
import torch

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.lenet import (
    LeNet,
    Reading,
    class_divergence,
    lenet_fid,
    read,
    share_as_asked,
    trained_lenet,
)


def bars(labels: np.ndarray, seed: int, noise: float = 20) -> np.ndarray:
    """Images (n, 28, 28) with a bright bar at the height of their label, 0 to 255."""
    random = np.random.default_rng(seed)
    rows = np.arange(28) - 5 - 5 * labels[:, None] - random.integers(-1, 2, (len(labels), 1))
    clean = np.where(np.abs(rows) < 2, 220, 20)[:, :, None] + random.normal(0, 20, (len(labels), 1, 1))
    return (clean + noise * random.standard_normal((len(labels), 28, 28))).clip(0, 255).astype(np.float32)


LABELS = np.random.default_rng(0).integers(0, 4, 1500)


@pytest.fixture(scope="module")
def network() -> LeNet:
    return trained_lenet(bars(LABELS, 0), LABELS)


@pytest.fixture(scope="module")
def real(network: LeNet) -> Reading:
    return read(network, bars(LABELS[:800], 1))


def test_it_reads_unseen_images_and_channels_as_an_axis_of_their_own(network: LeNet, real: Reading) -> None:
    share = share_as_asked(real, LABELS[:800])
    assert share.low > 0.98
    with_channel = read(network, bars(LABELS[:800], 1)[:, None])
    np.testing.assert_array_equal(with_channel.features, real.features)
    assert real.features.shape == (800, 84)


def test_a_hundred_images_are_enough_for_four_classes() -> None:
    network = trained_lenet(bars(LABELS[:100], 0), LABELS[:100])
    assert share_as_asked(read(network, bars(LABELS[:800], 1)), LABELS[:800]).low > 0.9


def test_the_floor_is_small_and_noisy_images_are_far_above_it(network: LeNet, real: Reading) -> None:
    floor = lenet_fid(real, read(network, bars(LABELS[800:], 2)))
    off = lenet_fid(real, read(network, bars(LABELS[800:], 2, noise=60)))
    assert off.low > 3 * floor.high
    assert off.low < off.value < off.high


def test_a_class_that_is_drawn_too_seldom_shows_in_the_divergence(network: LeNet, real: Reading) -> None:
    lost = LABELS[:800][LABELS[:800] != 2]
    even = class_divergence(real, read(network, bars(LABELS[700:1500], 3)))
    found = class_divergence(real, read(network, bars(lost, 3)))
    assert even.low <= 3 / 800 < 0.1 < found.low
    assert found.value == pytest.approx(-np.log(len(lost) / 800), rel=0.05)  # the others' shares grew by as much
    half = Reading(real.features, np.repeat([0, 1], 400))
    skewed = Reading(real.features, np.repeat([0, 1], [200, 600]))
    assert class_divergence(half, skewed).value == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))


def test_training_repeats_and_moves_no_random_state_of_the_caller() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, second = (trained_lenet(bars(LABELS[:200], 0)[:, None, :16, :14], LABELS[:200], seed=1) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@pytest.mark.parametrize(("images", "labels"), [((200, 11, 28), 200), ((99, 28, 28), 99), ((200, 28, 28), 199)])
def test_images_it_cannot_learn_from_are_refused(images: tuple[int, ...], labels: int) -> None:
    with pytest.raises(ArgumentError, match="100 or more images"):
        trained_lenet(np.zeros(images), np.zeros(labels, int))
