"""The networks against the numbers of the documents that they come from."""

from itertools import pairwise

import pytest
import torch
from torch import nn

import gansurrogate as gs
from gansurrogate.train.gan.networks import Discriminator, Generator
from gansurrogate.train.gan.recipe import ARTICLE, CONDITIONAL_GAN, MLP_GAN_1, MLP_GAN_2, OBJECTIVE, RECIPES, GanRecipe
from gansurrogate.train.trained import draw_latents

IMAGE, LIMITS = (28, 28), (0.0, 255.0)


def weights(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def dense(*sizes: int) -> int:
    return sum((a + 1) * b for a, b in pairwise(sizes))


def both(recipe: GanRecipe, shape: tuple[int, ...] = IMAGE, conditions=()) -> tuple[Generator, Discriminator]:
    torch.manual_seed(0)
    return Generator(shape, conditions, recipe, LIMITS), Discriminator(shape, conditions, recipe, LIMITS)


@pytest.mark.parametrize(
    ("recipe", "shape", "generator", "discriminator"),
    [
        (ARTICLE, (300,), 4 * 150 * (150 + 1 + 1) + dense(150, 300), dense(300, 300, 250, 100, 1)),
        (MLP_GAN_1, IMAGE, dense(100, 256, 512, 1024, 784), dense(784, 512, 256, 1)),
        (MLP_GAN_2, (1, 28, 28), dense(128, 256, 512, 1024, 784), dense(784, 1024, 512, 256, 1)),
        (OBJECTIVE, (1,), dense(1, 64, 64, 1), dense(1, 64, 64, 1)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_each_network_has_as_many_weights_as_its_document_says(recipe, shape, generator, discriminator) -> None:
    made = both(recipe, shape)
    assert (weights(made[0]), weights(made[1])) == (generator, discriminator)


def test_the_second_networks_have_the_layers_of_their_document() -> None:
    generator, discriminator = both(MLP_GAN_2)
    assert [layer.negative_slope for layer in generator.layers if isinstance(layer, nn.LeakyReLU)] == [0.2] * 3
    assert isinstance(generator.output, nn.Tanh)
    assert [layer.p for layer in discriminator.layers if isinstance(layer, nn.Dropout)] == [0.3] * 3


def test_the_recurrent_generator_is_kerass_lstm() -> None:
    generator, _ = both(ARTICLE, (300,))
    lstm, output = generator.layers.lstm, generator.layers.dense[0]
    units = lstm.hidden_size
    gates = dict(zip("ifgo", lstm.bias_ih_l0.detach().split(units), strict=True))
    assert (gates["f"] == 1).all()
    assert not any(gates[gate].any() for gate in "igo")
    identity = lstm.weight_hh_l0.detach().T @ lstm.weight_hh_l0.detach()
    torch.testing.assert_close(identity, torch.eye(units), atol=1e-5, rtol=0)
    limit = (6 / (units + 300)) ** 0.5  # Glorot and Bengio 2010
    assert 0.99 * limit < output.weight.abs().max() <= limit

    latent = torch.randn(5, 3)
    states = (torch.zeros(5, units), torch.zeros(5, units))
    for step in latent.split(1, dim=1):  # the equations of the cell, in the order in which the latents come
        i, f, g, o = (step @ lstm.weight_ih_l0.T + lstm.bias_ih_l0 + states[0] @ lstm.weight_hh_l0.T).split(units, 1)
        cell = f.sigmoid() * states[1] + i.sigmoid() * g.tanh()
        states = (o.sigmoid() * cell.tanh(), cell)
    torch.testing.assert_close(generator(latent), output(states[0]))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_conditions_reach_both_networks(recipe: GanRecipe, conditions) -> None:
    generator, discriminator = both(recipe, (24,), conditions)
    latent = draw_latents(generator.latents, 4, torch.Generator().manual_seed(1))
    given = [torch.full((4,), 100.0), torch.zeros(4, dtype=torch.int64)]
    signals = generator(latent, *given)
    logits = discriminator.eval()(signals, *given)
    assert (signals.shape, logits.shape) == ((4, 24), (4,))
    for number in (0, 1):
        other = [value + 1 * (i == number) for i, value in enumerate(given)]
        assert ((generator(latent, *other) - signals).abs().amax(1) > 0).all()
        assert (discriminator(signals, *other) != logits).all()


def test_loud_conditions_weigh_as_much_as_the_other_inputs_together() -> None:
    label = (gs.Condition("label", levels=tuple(range(10))),)
    for recipe, expected in ((CONDITIONAL_GAN, (100, 784)), (MLP_GAN_1, (1, 1))):
        powers = [network.encode((torch.arange(10),)).square().sum(1) for network in both(recipe, conditions=label)]
        for power, value in zip(powers, expected, strict=True):
            torch.testing.assert_close(power, torch.full((10,), float(value)))


def test_an_output_of_tanh_covers_the_range_of_the_recordings_and_no_more() -> None:
    generator, discriminator = both(MLP_GAN_1, (8, 8))
    generator.layers[-1].weight.data *= 1e6
    signals = generator(torch.randn(50, 100))
    assert (signals.min(), signals.max()) == LIMITS
    seen = []
    discriminator.layers.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    Discriminator.forward(discriminator, signals)
    assert (seen[0].min(), seen[0].max()) == (-1, 1)
