"""What is compared: real signals, other real signals, and those of a surrogate."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.copula import Copula
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.figure import Figure
from gansurrogate.signals import Sampler, SignalArray, SignalGenerator
from gansurrogate.spec import SignalSpec

FEWEST = 50  # signals on each side
LARGEST_COPULA = 2048  # values of a signal: its covariance has as many rows

T = TypeVar("T")
Recover = Callable[[SignalArray], Mapping[str, NDArray[np.float64]]]


@dataclass(frozen=True)
class Sample:
    """Signals with what is known of each.

    Attributes
    ----------
    signals : array of shape (n, *shape)
    conditions : mapping of name to array of shape (n,)
        Physical values, or levels; (n, *shape) of an array condition.
    features : mapping of name to array of shape (n,)
        Parameters recovered from the signals.
    """

    signals: SignalArray
    conditions: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    features: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.signals)

    def __getitem__(self, rows: slice) -> "Sample":
        parts = ({name: values[rows] for name, values in each.items()} for each in (self.conditions, self.features))
        return Sample(self.signals[rows], *parts)

    @classmethod
    def drawn(cls, sampler: Sampler, n: int, seed: int) -> "Sample":
        """`n` signals under conditions that the sampler draws."""
        conditions = sampler.draw_conditions(n, rng=seed)
        return cls(sampler.sample(n, conditions=conditions or None, rng=seed), conditions)

    def table(self) -> Array:
        """Conditions and features as columns (n, k) of numbers: levels by their place among them."""
        columns = [np.empty((len(self), 0))]
        for values in (*self.conditions.values(), *self.features.values()):
            numbers = np.unique(values, return_inverse=True)[1] if values.dtype.kind in "US" else values
            columns.append(np.asarray(numbers, np.float64).reshape(len(self), -1))
        return np.concatenate(columns, 1)


def signals_of(sample: Sample) -> SignalArray:
    """The signals themselves."""
    return sample.signals


@dataclass(frozen=True)
class Comparison:
    """Three samples of n signals each; every measurement is made of real against surrogate, and of real against real.

    Attributes
    ----------
    spec : SignalSpec
        Of the signals.
    real, other : Sample
        Different real signals.
    surrogate : Sample
        Under the conditions of `other`: at those of `real` each signal would have a twin.
    seed : int
        Of the surrogate's signals and of the judges.
    copula : Sample, optional
        Signals of an untrained copula that was fitted to `other`, under the same conditions.
    training : Sample, optional
        What the surrogate was trained on.
    """

    spec: SignalSpec
    real: Sample
    other: Sample
    surrogate: Sample
    seed: int = 0
    copula: Sample | None = None
    training: Sample | None = None

    @classmethod
    def of(
        cls, surrogate: Sampler, real: Sample, recover: Recover = lambda signals: {}, *, seed: int = 0,
        copula: bool = False, training: SignalArray | None = None,
    ) -> "Comparison":  # fmt: skip
        """A surrogate against real signals, of which one half is compared with the other.

        Parameters
        ----------
        surrogate : Sampler
        real : Sample
        recover : callable
            Recovers parameters from signals: `SignalGenerator.features`, say.
        seed : int
        copula : bool
            Whether an untrained copula stands beside the surrogate. Signals of more than 2048 values have none, nor do
            those with more values of conditions than a quarter of their number, nor sequences of tokens.
        training : array of shape (m, *shape), optional

        Raises
        ------
        ArgumentError
            If the signals are not what the surrogate gives, or fewer than 100.
        ConditionError
            If their conditions are outside the surrogate's range.
        """
        spec, n = surrogate.spec, len(real) // 2
        if real.signals.shape[1:] != spec.shape:
            msg = f"the surrogate's signals have shape {spec.shape}, the real ones {real.signals.shape[1:]}"
            raise ArgumentError(msg)
        if n < FEWEST:
            msg = f"a comparison takes at least {2 * FEWEST} real signals; got {len(real)}: record or simulate more"
            raise ArgumentError(msg)
        wanted = [condition.name for condition in spec.conditions if condition.name not in spec.left_open]
        if missing := [name for name in wanted if name not in real.conditions]:
            msg = f"the surrogate takes the conditions {wanted}; the real signals come without {missing}"
            raise ArgumentError(msg)
        real = Sample(real.signals, {name: real.conditions[name] for name in wanted})
        other = real[n : 2 * n]
        drawn = replace(other, signals=surrogate.sample(n, conditions=other.conditions or None, rng=seed))
        samples = [real[:n], other, drawn]
        if copula and not spec.tokens and (untrained := _copula(spec, other, seed)) is not None:
            samples.append(replace(other, signals=untrained))
        ours, other, drawn, *rest = (replace(side, features=recover(side.signals)) for side in samples)
        trained_on = None if training is None else Sample(training, features=recover(training))
        return cls(spec, ours, other, drawn, seed, rest[0] if rest else None, trained_on)

    def measured(self, measure: Callable[[Any, Any], T], of: Callable[[Sample], Any] = signals_of) -> list[T]:
        """``measure(real, x)`` of what `of` takes from each sample; x is surrogate, other real one, and copula."""
        sides = [of(side) for side in (self.real, self.surrogate, self.other, self.copula) if side is not None]
        return [measure(sides[0], side) for side in sides[1:]]

    def figure(self, name: str, estimates: Sequence[Estimate]) -> Figure:
        """What was measured of surrogate, other real signals, and copula."""
        measured, floor, *copula = estimates
        at = copula[0].value if copula else None
        return Figure(name, measured, floor.value, len(self.real), self.seed, at)


def against(
    signal_generator: SignalGenerator, surrogate: Sampler, n: int, *, seed: int = 0, copula: bool = False
) -> Comparison:
    """A surrogate against `n` fresh signals of its signal generator, and `n` others."""
    real = Sample.drawn(signal_generator, 2 * n, seed)
    return Comparison.of(surrogate, real, signal_generator.features, seed=seed, copula=copula)


def _copula(spec: SignalSpec, real: Sample, seed: int) -> SignalArray | None:
    """Signals of an untrained copula under the conditions of `real`, to which it is fitted; None if it cannot be."""
    given = [np.empty((len(real), 0))]
    for condition, values in zip(
        spec.conditions, spec.encode_conditions(real.conditions, len(real)).values(), strict=True
    ):
        flat = values.reshape(len(real), -1)
        given += [flat == level for level in range(len(condition.levels))] if condition.levels else [flat]
    table = np.concatenate(given, 1).astype(np.float64)
    if math.prod(spec.shape) > LARGEST_COPULA or table.shape[1] > len(real) // 4:
        return None
    signals: SignalArray = Copula(real.signals, given=table).sample(len(real), seed, table).astype(np.float32)
    return signals
