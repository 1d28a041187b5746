import numpy as np
import pytest
import torch

from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.ema import Average


@pytest.fixture
def network(sines, recipe) -> BasisGenerator:
    return BasisGenerator(look(torch.from_numpy(sines()), recipe), (), recipe)


def fill(network: BasisGenerator, value: float) -> None:
    for parameter in network.parameters():
        parameter.data.fill_(value)


def values(network: BasisGenerator) -> np.ndarray:
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()]).numpy()


def test_average_of_a_constant_approaches_it_geometrically(network: BasisGenerator) -> None:
    fill(network, 1.0)
    average = Average(network)
    fill(network, 3.0)
    for _ in range(7):
        average.update(network, 0.9)
    np.testing.assert_allclose(values(average.network), 3 - 2 * 0.9**7, rtol=1e-6)


def test_average_of_a_sequence_is_its_weighted_sum(network: BasisGenerator) -> None:
    fill(network, 2.0)
    average = Average(network)
    expected = 2.0
    for value, decay in ((1.0, 0.1), (5.0, 0.5), (-3.0, 0.8)):
        fill(network, value)
        average.update(network, decay)
        expected = decay * expected + (1 - decay) * value
    np.testing.assert_allclose(values(average.network), expected, rtol=1e-5)


def test_average_is_a_copy_without_gradients_and_leaves_the_network_alone(network: BasisGenerator) -> None:
    before = values(network).copy()
    average = Average(network)
    fill(average.network, 9.0)
    average.update(network, 0.5)
    np.testing.assert_array_equal(values(network), before)
    assert not any(parameter.requires_grad for parameter in average.network.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())
