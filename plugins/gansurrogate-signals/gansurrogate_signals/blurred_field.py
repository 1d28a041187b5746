"""A field seen through an instrument that blurs it and adds noise: what may it have looked like?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate.arguments import RNGLike, seed_of

Array = NDArray[np.float64]


class BlurredField(gs.SignalGenerator):
    """Sharp fields that fit a blurred, noisy one: the condition `blurred` is what the instrument showed.

    A field is g + contrast * disc, on a square with periodic borders: g is smooth (Gaussian, variance 1, covariance
    exp(-r^2 / 2 correlation^2)), and the disc has a sharp edge, any centre on the grid and one of `radii`. The
    instrument shows H x + noise, H a Gaussian point-spread function.

    `simulate` draws from the exact law of the field given what was shown. Given the disc everything is Gaussian: the
    probability of each disc follows from a matched filter, and g is a free draw moved by the Wiener filter
    (G. Matheron's conditional simulation).

    Parameters
    ----------
    size : int
        Values along each side, 1 mm apart.
    correlation : float
        Of g [mm].
    contrast : float
        How much higher the disc is, in standard deviations of g.
    radii : sequence of float
        [mm]
    spread : float
        Standard deviation of the point-spread function [mm].
    noise : float
        Standard deviation of the instrument's white noise.
    """

    name = "blurred-field"
    rows_per_seed = 64

    def __init__(
        self,
        size: int = 32,
        correlation: float = 5.0,
        contrast: float = 3.0,
        radii: tuple[float, ...] = (4.0, 6.0, 8.0),
        spread: float = 2.0,
        noise: float = 0.3,
    ) -> None:
        self.size, self.contrast, self.radii, self.noise = size, contrast, np.array(radii), noise
        axes = (gs.Axis("y", "mm"), gs.Axis("x", "mm"))
        seen = gs.Condition("blurred", low=-9.0, high=9.0 + contrast, shape=(size, size), description="what was shown")
        self.spec = gs.SignalSpec((size, size), axes=axes, conditions=(seen,))
        offset = np.minimum(np.arange(size), size - np.arange(size)).astype(float)  # from the origin, over the border
        distance2 = offset[:, None] ** 2 + offset**2
        frequency = 2 * np.pi * np.fft.fftfreq(size)
        square = frequency[:, None] ** 2 + frequency**2
        self._discs = (distance2 <= self.radii[:, None, None] ** 2).astype(float)  # around the origin
        self._power = np.exp(-0.5 * correlation**2 * square)
        self._power /= self._power.mean()  # of g
        self._transfer = np.exp(-0.5 * spread**2 * square)  # H
        self._seen_power = self._transfer**2 * self._power + noise**2  # of what is shown of g

    def fields(self, n: int, rng: np.random.Generator) -> Array:
        """`n` sharp fields, shape ``(n, size, size)``, whatever they may look like blurred."""
        which = rng.integers(self._discs.size, size=n)
        return self._smooth(n, rng) + self.contrast * self._disc(which)

    def show(self, fields: Array, rng: np.random.Generator) -> Array:
        """What the instrument shows of `fields`."""
        return _filter(self._transfer, fields) + self.noise * rng.standard_normal(fields.shape)

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """What the instrument shows of `n` random fields; row i depends on (seed, i) only."""
        seed, group = seed_of(rng), self.rows_per_seed
        shown = []
        for number in range(start // group, -(-(start + n) // group)):
            own = np.random.default_rng(np.random.SeedSequence(seed % 2**64, spawn_key=(number, 1)))
            shown.append(self.show(self.fields(group, own), own))
        first = start - start // group * group
        blurred = np.concatenate(shown) if shown else np.empty((0, self.size, self.size))
        return {"blurred": blurred[first : first + n].astype(np.float32)}

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> Array:
        """Draw fields that fit ``blurred``, shape ``(n, size, size)``."""
        blurred = conditions["blurred"].astype(float)
        disc = self.contrast * self._disc(self._likely_disc(blurred, rng.random(n)))
        rest = blurred - _filter(self._transfer, disc)  # is shown of g
        smooth = self._smooth(n, rng)
        wiener = self._power * self._transfer / self._seen_power
        return disc + smooth + _filter(wiener, rest - self.show(smooth, rng))

    def _smooth(self, n: int, rng: np.random.Generator) -> Array:
        """`n` draws of g."""
        return _filter(np.sqrt(self._power), rng.standard_normal((n, self.size, self.size)))

    def _disc(self, which: NDArray[np.int64]) -> Array:
        """Discs by number: that of the radius, then of the centre's row and column."""
        radius, row, column = np.unravel_index(which, self._discs.shape)
        moved = [(np.arange(self.size) - shift[:, None]) % self.size for shift in (row, column)]
        discs: Array = self._discs[radius[:, None, None], moved[0][:, :, None], moved[1][:, None, :]]
        return discs

    def _likely_disc(self, blurred: Array, uniform: Array) -> NDArray[np.int64]:
        """The number of a disc for each of `blurred`, drawn by its probability with one uniform value.

        ln p = contrast q - contrast^2 t / 2 + constant, with q the matched filter's answer and t its answer to the disc
        itself.
        """
        shown = self._transfer * np.fft.fft2(self._discs)  # (radii, size, size)
        answer = np.fft.ifft2(shown.conj() / self._seen_power * np.fft.fft2(blurred)[:, None]).real
        own = (np.abs(shown) ** 2 / self._seen_power).mean((1, 2))[:, None, None]
        log_p = (self.contrast * answer - 0.5 * self.contrast**2 * own).reshape(len(blurred), -1)
        cumulative = np.exp(log_p - log_p.max(1, keepdims=True)).cumsum(1)
        reached: NDArray[np.int64] = (cumulative <= uniform[:, None] * cumulative[:, -1:]).sum(1)
        return reached


def _filter(transfer: Array, fields: Array) -> Array:
    """Fields (n, size, size) through a filter given by its transfer function."""
    return np.fft.ifft2(transfer * np.fft.fft2(fields)).real
