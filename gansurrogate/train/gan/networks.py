"""Generator and discriminator of the classical GANs."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.gan.recipe import GanRecipe
from gansurrogate.train.networks import GeneratorNetwork

SLOPE = 0.2  # of LeakyReLU


class Generator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units: middle + scale * output(layers(latent, conditions)).

    Parameters
    ----------
    shape : tuple of int
        Of one signal.
    conditions : sequence of Condition
    recipe : GanRecipe
    limits : (low, high)
        Of the recordings; what an output of tanh is stretched to.
    """

    middle: Tensor
    scale: Tensor

    def __init__(
        self, shape: tuple[int, ...], conditions: Sequence[Condition], recipe: GanRecipe, limits: tuple[float, float]
    ) -> None:
        super().__init__()
        self.shape = shape
        self.latents = (Latent("normal", recipe.latent_size),)
        self.encode = Conditions(conditions, beside=recipe.latent_size if recipe.loud_conditions else None)
        widths, size = recipe.generator_widths, math.prod(shape)
        self.layers: nn.Module
        if recipe.generator == "lstm":
            self.layers = Recurrent(widths, size, recipe.generator_activation)
        else:
            inputs = recipe.latent_size + self.encode.size
            self.layers = dense(inputs, widths, size, recipe.generator_activation)
        self.output = nn.Tanh() if recipe.output == "tanh" else nn.Identity()
        middle, scale = units(recipe, limits)
        self.register_buffer("middle", torch.tensor(middle))
        self.register_buffer("scale", torch.tensor(scale))
        initialise(self, recipe.initial_weights)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """(n, latent_size) and one tensor (n,) per condition -> (n, *shape)."""
        signals: Tensor = self.output(self.layers(join(latent, self.encode(conditions))))
        return (self.middle + self.scale * signals).reshape(-1, *self.shape)


class Recurrent(nn.Module):
    """An LSTM that reads n values one after the other, and dense layers on its last state.

    Keras: ``Sequential([Input((values, 1)), LSTM(150), Dense(300)])`` for widths (150,) and 300 outputs.
    """

    def __init__(self, widths: Sequence[int], outputs: int, activation: str) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, widths[0], batch_first=True)
        # PyTorch adds two biases where one does: the second stays at zero.
        nn.init.zeros_(self.lstm.get_parameter("bias_hh_l0")).requires_grad_(False)
        self.dense = dense(widths[0], widths[1:], outputs, activation)

    def forward(self, values: Tensor) -> Tensor:
        """(n, values) -> (n, outputs)."""
        states = self.lstm(values[:, :, None])[0]  # (n, values, units)
        signals: Tensor = self.dense(states[:, -1])
        return signals


class Discriminator(nn.Module):
    """(signals in physical units, conditions) -> logit: positive for what it takes for real."""

    middle: Tensor
    scale: Tensor

    def __init__(
        self, shape: tuple[int, ...], conditions: Sequence[Condition], recipe: GanRecipe, limits: tuple[float, float]
    ) -> None:
        super().__init__()
        size = math.prod(shape)
        self.encode = Conditions(conditions, beside=size if recipe.loud_conditions else None)
        widths, activation = recipe.discriminator_widths, recipe.discriminator_activation
        self.layers = dense(size + self.encode.size, widths, 1, activation, recipe.dropout)
        middle, scale = units(recipe, limits)
        self.register_buffer("middle", torch.tensor(middle))
        self.register_buffer("scale", torch.tensor(scale))
        initialise(self, recipe.initial_weights)

    def forward(self, signals: Tensor, *conditions: Tensor) -> Tensor:
        """Logits (n,) of signals (n, *shape) under conditions (n, ...)."""
        scaled = (signals.flatten(1) - self.middle) / self.scale
        logits: Tensor = self.layers(join(scaled, self.encode(conditions)))
        return logits[:, 0]


class Conditions(ConditionEncoder):
    """Conditions in network units, multiplied to weigh as much as `beside` values of their size, if that is given."""

    def __init__(self, conditions: Sequence[Condition], beside: int | None) -> None:
        super().__init__(conditions)
        self.gain = 1.0 if beside is None else math.sqrt(beside / max(1, sum(c.size for c in conditions)))

    def forward(self, values: tuple[Tensor, ...]) -> Tensor | None:
        """Encode one tensor of shape (n, *shape) per condition into (n, size); None without conditions."""
        encoded = super().forward(values)
        return None if encoded is None else self.gain * encoded


def dense(inputs: int, widths: Sequence[int], outputs: int, activation: str, dropout: float = 0.0) -> nn.Sequential:
    """Dense layers of `widths`, each followed by its activation and dropout, and a linear one of `outputs`."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ReLU() if activation == "relu" else nn.LeakyReLU(SLOPE)]
        layers += [nn.Dropout(dropout)] if dropout else []
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def units(recipe: GanRecipe, limits: tuple[float, float]) -> tuple[float, float]:
    """Middle and half width of what the networks see as [-1, 1]; 0 and 1 where they see signals as they are."""
    low, high = limits
    return ((low + high) / 2, (high - low) / 2) if recipe.output == "tanh" else (0.0, 1.0)


def initialise(network: nn.Module, manner: str) -> None:
    """Draw new weights, in the manner of the recipe's ``initial_weights``."""
    for module in network.modules():
        if isinstance(module, nn.Linear) and manner == "he":
            nn.init.kaiming_normal_(module.weight, SLOPE)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear) and manner == "keras":
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LSTM) and manner == "keras":
            nn.init.xavier_uniform_(module.get_parameter("weight_ih_l0"))
            nn.init.orthogonal_(module.get_parameter("weight_hh_l0"))
            bias = nn.init.zeros_(module.get_parameter("bias_ih_l0"))
            nn.init.ones_(bias[module.hidden_size : 2 * module.hidden_size])  # of the forget gate
