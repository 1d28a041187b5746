import pytest
import torch
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train.conditions import ConditionEncoder
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.discriminator import Discriminator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.trained import draw_latents

SHAPES = [(32,), (2, 32), (6, 8)]


@pytest.fixture
def make(sines, recipe: DefaultRecipe):
    """A maker of generators for signals of a shape."""

    def network(shape: tuple[int, ...] = (32,), conditions: tuple[gs.Condition, ...] = ()) -> BasisGenerator:
        torch.manual_seed(0)
        return BasisGenerator(look(torch.from_numpy(sines(shape=shape)), recipe), conditions, recipe)

    return network


def latents(network: BasisGenerator, n: int) -> Tensor:
    return draw_latents(network.latents, n, torch.Generator().manual_seed(1))


def inputs(n: int) -> tuple[Tensor, Tensor]:
    return torch.linspace(10, 500, n), torch.arange(n) % 3


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [1, 5])
def test_a_generator_gives_signals_of_the_shape_it_looked_at(make, shape: tuple[int, ...], n: int) -> None:
    network = make(shape)
    assert network(latents(network, n)).shape == (n, *shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_generator_takes_conditions_of_both_kinds(make, conditions, shape: tuple[int, ...]) -> None:
    network = make(shape, conditions)
    assert network(latents(network, 5), *inputs(5)).shape == (5, *shape)


@pytest.mark.parametrize("number", [0, 1])
def test_each_condition_changes_the_signal(make, conditions, number: int) -> None:
    network = make((32,), conditions)
    given = [torch.full((4,), 100.0), torch.zeros(4, dtype=torch.int64)]
    before = network(latents(network, 4), *given)
    given[number] = given[number] + 1
    assert ((network(latents(network, 4), *given) - before).abs().amax(1) > 0).all()


def test_every_latent_changes_the_signal(make) -> None:
    network = make()
    latent = latents(network, 1).requires_grad_()
    network(latent).square().sum().backward()
    margin = network.noise.taps // 2  # the filter starts as the identity: the margins come into play as it learns
    assert latent.grad[0, : network.latent_size].all()
    assert latent.grad[0, network.latent_size + margin :][: network.noise.length].all()


def test_gradients_reach_every_parameter(make, conditions) -> None:
    network = make((2, 32), conditions)
    network(latents(network, 64), *inputs(64)).pow(2).mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_the_noise_starts_white_at_the_pilots_floor(make, sines, recipe: DefaultRecipe, shape: tuple[int, ...]) -> None:
    network = make(shape)
    floor = look(torch.from_numpy(sines(shape=shape)), recipe).floor
    latent = latents(network, 5000)
    latent[:, : network.latent_size] = 0.5  # one trajectory
    noise = network(latent).detach().flatten(1)
    assert noise.std().item() != pytest.approx(floor, rel=0.02)  # the trajectory is still in it
    noise = noise - noise.mean(0)
    torch.testing.assert_close(noise.std(0), torch.full((noise.shape[1],), floor), rtol=0.06, atol=0)
    correlation = torch.corrcoef(noise.T) - torch.eye(noise.shape[1])
    assert correlation.abs().max() < 0.08


@pytest.mark.parametrize("shape", SHAPES)
def test_the_latents_are_a_small_uniform_block_and_normals_for_every_value(make, shape, recipe: DefaultRecipe) -> None:
    uniform, normal = make(shape).latents
    assert (uniform.kind, uniform.size, normal.kind) == ("uniform", recipe.latent_size, "normal")
    assert normal.size >= torch.Size(shape).numel()


def test_a_surplus_or_missing_latent_is_an_error(make) -> None:
    network = make()
    latent = latents(network, 4)
    for wrong in (latent[:, :-1], torch.cat([latent, latent[:, :1]], 1)):
        with pytest.raises(RuntimeError):
            network(wrong)


def test_drawn_latents_have_the_distributions_of_the_row_law(make) -> None:
    network = make()
    drawn = latents(network, 4000)
    uniform, normal = drawn[:, : network.latent_size], drawn[:, network.latent_size :]
    assert uniform.min() > 0
    assert uniform.max() <= 1
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.02)
    assert normal.std().item() == pytest.approx(1, abs=0.02)
    assert normal.mean().item() == pytest.approx(0, abs=0.02)


def test_conditions_are_brought_to_network_units(conditions) -> None:
    encoded = ConditionEncoder(conditions)((torch.tensor([10.0, 255.0, 500.0]), torch.tensor([0, 1, 2])))
    expected = torch.tensor([[-1.0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]])
    torch.testing.assert_close(encoded, expected)
    assert ConditionEncoder(())(()) is None


@pytest.mark.parametrize("conditions_size", [0, 4])
def test_a_discriminator_gives_a_logit_per_signal_and_learns_everywhere(
    recipe: DefaultRecipe, conditions_size: int
) -> None:
    network = Discriminator(5, 9, conditions_size, recipe)
    encoded = torch.randn(6, conditions_size) if conditions_size else None
    logits = network(torch.randn(6, 9), encoded)
    assert logits.shape == (6,)
    logits.square().sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []
