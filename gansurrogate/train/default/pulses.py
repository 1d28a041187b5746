"""Pulses of one shape family at unknown times, fitted by expectation maximisation.

x(t) = sum_k c_k component_k(t - shift) + white noise, the coefficients c normal, all shifts equally likely. With the
best shift of each signal instead of its likely ones, the components are blurred by the errors of the shifts, and each
signal's noise holds its shift in place. The averaging over shifts is that of Sigworth, J. Struct. Biol. 122, 328
(1998), for images; that over coefficients of Tipping and Bishop, J. R. Stat. Soc. B 61, 611 (1999).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gansurrogate.train.default import knots

FINE = 8  # places of a component per sample: shifts are fractions of one
TURNS = (-1, 0, 1)  # samples about a signal's shift within which it is sought anew
MARGIN = 3  # samples beyond the first shifts that are reached
POWER_STEPS = 10  # of the power method for a new component: it need not be exact
LEAST = 1e-4  # of the signals' power is noise: single precision does not tell likely shifts apart below that


class Pulses:
    """The model, and what it says of the signals.

    Parameters
    ----------
    signals : tensor of shape (n, length)
        Without the level between pulses.
    shifts : tensor of shape (n,)
        Where to start, in samples.
    pulse : tensor of shape (length,)
        The signals' mean once aligned.

    Attributes
    ----------
    components : tensor of shape (places, rank)
        Place `FINE` (t - shift) + `origin` belongs to time t.
    knots : tensor of shape (m,)
        Places where the components may bend.
    mean, covariance : tensors of shape (rank,), (rank, rank)
        Of the coefficients.
    variance : float
        Of the noise.
    shifts, coefficients : tensors of shape (n,), (n, rank)
        Expected for each signal.
    likelihood : float
        Of all signals: the natural logarithm, but for a constant.
    """

    def __init__(self, signals: Tensor, shifts: Tensor, pulse: Tensor) -> None:
        self.signals, self.shifts = signals, shifts
        self.earliest, self.latest = int(shifts.min().floor()) - MARGIN, int(shifts.max().ceil()) + MARGIN
        self.samples = signals.shape[1] + self.latest - self.earliest
        self.origin = FINE * self.latest
        self.knots = knots.even(FINE * self.samples, FINE)
        # The pulse on its samples, by steps: the first fit draws it finer.
        wide = signals.new_zeros(self.samples)
        wide[self.latest : self.latest + len(pulse)] = pulse
        self.components = wide.repeat_interleave(FINE)[:, None]
        size = (signals * signals).sum(1).sqrt() / pulse.norm()
        self.mean, self.covariance = size.mean()[None], size.var()[None, None]
        self.power = float(signals.double().square().mean())
        self.variance = self.power / 4
        self.likelihood = -math.inf

    @property
    def parameters(self) -> int:
        """Number of values that are fitted."""
        rank = len(self.mean)
        return rank * len(self.knots) + rank * (rank + 3) // 2

    def improve(self, steps: int) -> None:
        """So many steps of expectation maximisation; the knots follow the components."""
        for _ in range(steps):
            self._step()

    def grow(self) -> None:
        """One more component: what most of the signals have in common of what the others leave."""
        place = (FINE * self.shifts).round().long()
        whole = -torch.div(-place, FINE, rounding_mode="floor")
        rest, inside = self._rolled(whole, 0)
        for phase in range(FINE):
            at = FINE * whole - place == phase
            rest[at] -= inside[at] * (self.coefficients[at] @ self.components[phase::FINE].T)
        direction = rest[rest.square().sum(1).argmax()]
        for _ in range(POWER_STEPS):
            direction = F.normalize(rest.T @ (rest @ direction), dim=0)
        coefficients = rest @ direction
        self.components = torch.cat([self.components, direction.repeat_interleave(FINE)[:, None]], 1)
        self.mean = torch.cat([self.mean, coefficients.mean()[None]])
        self.covariance = torch.block_diag(self.covariance, coefficients.var())

    def _rolled(self, whole: Tensor, margin: int) -> tuple[Tensor, Tensor]:
        """Signals (n, samples + 2 margin) moved by whole samples (n,) to a shift of 0, and where they are known."""
        time = torch.arange(-margin, self.samples + margin) - self.latest + whole[:, None]
        length = self.signals.shape[1]
        inside = (time >= 0) & (time < length)
        return self.signals.gather(1, time.clamp(0, length - 1)) * inside, inside.to(self.signals.dtype)

    def _step(self) -> None:
        # Shifts of each of `TURNS` less 0, 1, ... FINE - 1 places: of each, one phase of the components is seen.
        whole = (self.shifts + 0.5 * (FINE - 1) / FINE).round().long().clamp(self.earliest + 1, self.latest - 1)
        signals, inside = self._rolled(whole, 1)
        turned = [slice(1 + turn, 1 + turn + self.samples) for turn in TURNS]
        x, inside = (torch.stack([side[:, turn] for turn in turned], 1) for side in (signals, inside))
        phases = self.components.reshape(self.samples, -1)
        seen = (x @ phases).reshape(len(x), -1, len(self.mean))  # (n, shifts, rank)
        gram = self._gram(whole)
        weight, coefficients, moment = self._expected(seen, gram)
        self.coefficients, mean_moment = coefficients.sum(1), moment.sum(1).mean(0)
        places = torch.stack([FINE * turn - torch.arange(FINE) for turn in TURNS]).flatten()
        self.shifts = whole + (weight @ places.float()) / FINE
        explained = (2 * coefficients * seen).double().sum() - (moment * gram).double().sum()
        self.variance = max(self.power - float(explained) / self.signals.numel(), LEAST * self.power)
        self.mean = self.coefficients.mean(0)
        self.covariance = mean_moment - self.mean[:, None] * self.mean

        size, ridge = FINE * self.samples, 1e-3 * len(x) / FINE * mean_moment.double()
        left = self._by_place(moment.flatten(2), inside).unflatten(1, mean_moment.shape)
        fitted = knots.fit(self.knots, left, self._by_place(coefficients, x), ridge)
        self.components = knots.drawn(fitted.values, *knots.around(self.knots, size)).float()
        self.knots = knots.better(self.knots, size, FINE, fitted, mean_moment, self.variance)

    def _expected(self, seen: Tensor, gram: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Probability (n, shifts) of each shift, and by it the coefficients and their products, expected there."""
        noise = 1e-3 * self.variance * torch.eye(len(self.mean))
        precision = torch.linalg.inv((self.covariance + noise).double()).float()
        factor = torch.linalg.cholesky(gram / self.variance + precision)
        scatter = torch.cholesky_inverse(factor)
        pull = seen / self.variance + precision @ self.mean
        coefficients = (scatter @ pull[..., None])[..., 0]
        log_weight = 0.5 * (pull * coefficients).sum(2) - factor.diagonal(dim1=2, dim2=3).log().sum(2)
        prior = 0.5 * float(torch.logdet(precision) - self.mean @ precision @ self.mean)
        noise_power = 0.5 * (self.power / self.variance + math.log(self.variance))
        self.likelihood = float(log_weight.logsumexp(1).sum()) + len(seen) * prior - self.signals.numel() * noise_power
        weight = log_weight.softmax(1)
        moment = scatter + coefficients[..., :, None] * coefficients[..., None, :]
        return weight, weight[..., None] * coefficients, weight[..., None, None] * moment

    def _by_place(self, factors: Tensor, x: Tensor) -> Tensor:
        """Sums (places, m) over signals and turns of factors (n, shifts, m) times `x` (n, turns, samples)."""
        m = factors.shape[2]
        total = factors.reshape(-1, FINE * m).T @ x.flatten(0, 1)  # (phases m, samples)
        return total.reshape(FINE, m, -1).permute(2, 0, 1).flatten(0, 1).double()

    def _gram(self, whole: Tensor) -> Tensor:
        """Products (n, shifts, rank, rank) of the components, summed over the times that each signal covers."""
        rank, length = len(self.mean), self.signals.shape[1]
        phases = self.components.reshape(self.samples, FINE, rank)
        products = phases[..., :, None] * phases[..., None, :]
        reached = torch.cat([products.new_zeros(1, FINE, rank, rank), products.double().cumsum(0).float()])
        starts = [self.latest - whole - turn for turn in TURNS]
        return torch.stack([reached[start + length] - reached[start] for start in starts], 1).flatten(1, 2)
