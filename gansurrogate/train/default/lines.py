"""Lines: sines of one frequency and steady amplitude under every signal, such as the mains' hum, with a random phase.

Principal components spend two of themselves on a line and draw it with an amplitude that varies; a line in step with
the signals is part of their mean.
"""

import math

import torch
from torch import Tensor, nn

SHORTEST = 64  # samples: below, a line has too few neighbours in the spectrum to be told from them
LOOKED_AT = 2000  # signals
FINER = 8  # frequencies looked at per 1 / length
LOBE, AROUND = 3, 12  # neighbours are so many 1 / length away: beyond the window's lobe
PEAK = 4.0  # times the power of the neighbours
STEADY = 0.35  # tenth percentile of the power over its median: 0.15 for Gaussian noise, 1 for a steady line
MOST = 4  # more of them are the overtones of something periodic, whose phases belong together


def look_for_lines(signals: Tensor) -> tuple[Tensor, Tensor]:
    """Frequencies and amplitudes of the lines in signals (n, *shape).

    A line is a narrow peak of the median power spectrum (Hann's window) whose power is steadier from signal to signal
    than that of Gaussian noise, which is exponential at each frequency.

    Returns
    -------
    frequencies : tensor of shape (lines,)
        In cycles per sample.
    amplitudes : complex tensor of shape (lines, channels)
        Amplitude, and phase relative to that of the line, in each channel.
    """
    x = signals[:LOOKED_AT].reshape(min(len(signals), LOOKED_AT), -1, signals.shape[-1]).double()
    _, channels, length = x.shape
    none = torch.zeros(0, dtype=torch.double), torch.zeros(0, channels, dtype=torch.cdouble)
    if length < SHORTEST:
        return none
    window = torch.hann_window(length, dtype=torch.double)
    waves = torch.fft.rfft((x - x.mean(0)) * window, FINER * length)  # (n, channels, frequencies)
    power = waves.abs().square().sum(1)
    low, typical = torch.quantile(power, torch.tensor([0.1, 0.5], dtype=torch.double), dim=0)
    background = _neighbours(typical)
    found = (typical > PEAK * background) & (low > STEADY * typical) & _is_peak(typical)
    places = found.nonzero()[:, 0].tolist()
    if not 0 < len(places) <= MOST:
        return none
    frequencies, amplitudes = [], []
    for place in places:
        before, here, after = typical[place - 1 : place + 2].log().tolist()
        frequencies.append((place + 0.5 * (before - after) / (before - 2 * here + after)) / (FINER * length))
        # The pattern of the channels: the leading direction of their cross spectra, each signal counting the same.
        at = waves[:, :, place] / power[:, place, None].sqrt()
        pattern = torch.linalg.eigh(at.T @ at.conj())[1][:, -1]
        size = 2 * math.sqrt(float(typical[place] - background[place])) / float(window.sum())
        amplitudes.append(size * pattern)
    return torch.tensor(frequencies, dtype=torch.double), torch.stack(amplitudes)


def tables(frequencies: Tensor, amplitudes: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Each line's cosine and sine (lines, channels * length); of a random phase, sum the two on a circle."""
    angle = 2 * math.pi * frequencies[:, None, None] * torch.arange(length)
    waves = amplitudes[:, :, None] * torch.exp(1j * angle)
    return waves.real.flatten(1), waves.imag.flatten(1)


def without_lines(centred: Tensor, frequencies: Tensor, amplitudes: Tensor) -> Tensor:
    """Centred signals (n, size) without what each has of the lines' cosines and sines."""
    waves = torch.cat(tables(frequencies, amplitudes, centred.shape[1] // amplitudes.shape[1]))
    plane = torch.linalg.qr(waves.T)[0]  # (size, 2 * lines)
    rest: Tensor = centred - centred @ plane @ plane.T
    return rest


class Lines(nn.Module):
    """Normals (n, 2 * lines) -> the sum of the lines (n, channels, length), each of a random phase and one amplitude.

    Two normals give a point on the circle without trigonometry, whose rounding depends on the batch in some runtimes.

    Attributes
    ----------
    size : int
        Number of normals per signal.
    """

    cosine: Tensor
    sine: Tensor

    def __init__(self, frequencies: Tensor, amplitudes: Tensor, length: int) -> None:
        super().__init__()
        self.lines, self.size = len(frequencies), 2 * len(frequencies)
        self.shape = (amplitudes.shape[1], length)
        cosine, sine = tables(frequencies, amplitudes, length)
        self.register_buffer("cosine", cosine.float())
        self.register_buffer("sine", sine.float())
        self.log_amplitude = nn.Parameter(torch.zeros(self.lines))  # relative to the look's

    def forward(self, normal: Tensor) -> Tensor:
        """The lines' sum in each channel."""
        a, b = normal[:, : self.lines], normal[:, self.lines :]
        radius = self.log_amplitude.exp() / (a * a + b * b + 1e-12).sqrt()
        total: Tensor = (radius * a) @ self.cosine + (radius * b) @ self.sine
        return total.reshape(-1, *self.shape)


def _neighbours(power: Tensor) -> Tensor:
    """The power to either side of each frequency: geometric mean of both sides' medians, which a slope leaves alone."""
    lobe, around = LOBE * FINER, AROUND * FINER
    padded = nn.functional.pad(power.clamp_min(1e-300).log()[None], (around, around), mode="reflect")[0]
    stretches = padded.unfold(0, 2 * around + 1, 1)  # (frequencies, neighbours)
    below, above = stretches[:, : around - lobe], stretches[:, around + lobe + 1 :]
    return (0.5 * (below.median(1).values + above.median(1).values)).exp()


def _is_peak(power: Tensor) -> Tensor:
    """Whether each value is the highest within the window's lobe; the ends are none."""
    highest = nn.functional.max_pool1d(power[None], 2 * LOBE * FINER + 1, 1, LOBE * FINER)[0]
    peak = power == highest
    peak[: LOBE * FINER] = False
    peak[-LOBE * FINER :] = False
    return peak
