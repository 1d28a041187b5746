"""The sets that papers on time-series generation share, cut into windows as their published scores have it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


class Windows(NamedTuple):
    """A set.

    Attributes
    ----------
    signals : array of shape (n, channels, length)
        Physical values, in the order of time.
    overlap : int
        Windows i and j share rows if abs(i - j) < overlap; 1 if no two do.
    span : pair of float, optional
        What the papers' scores scale to 0 and 1, if not each channel's lowest and highest value.
    """

    signals: NDArray[np.float32]
    overlap: int
    span: tuple[float, float] | None = None


def stock(folder: Path) -> Windows:
    """Daily prices and volume of one share, 2004 to 2019: TimeGAN's set, backwards and without a last window."""
    rows = np.loadtxt(folder / "timegan_stock/stock_data.csv", delimiter=",", skiprows=1)
    return _cut(rows[::-1], 24, len(rows) - 24)


def energy(folder: Path) -> Windows:
    """Appliances, temperatures and humidity of a house: TimeGAN's set, backwards.

    The file lacks the row that TimeGAN reads and never uses.
    """
    rows = np.load(folder / "energy/energy_rows.npy")
    return _cut(rows[::-1], 24)


def etth1(folder: Path, length: int = 24) -> Windows:
    """Loads and oil temperature of a transformer, hourly, as Diffusion-TS cuts them: forwards, all windows."""
    rows = np.loadtxt(folder / "etth1/ETTh1.csv", delimiter=",", skiprows=1, usecols=range(1, 8))
    return _cut(rows, length)


def sines(folder: Path) -> Windows:
    """Five sines each of 10,000 windows; no file is read.

    Frequency and phase are uniform in [0, 0.1], as in everybody's code; TimeGAN's text says otherwise. Drawn in the
    order, and with the seed, of Diffusion-TS. They lie in [0.5, 1] and are scored as they are.
    """
    drawn = np.random.RandomState(123).uniform(0, 0.1, (10_000, 5, 2, 1))
    signals = np.sin(drawn[:, :, 0] * np.arange(24) + drawn[:, :, 1]) / 2 + 0.5
    return Windows(signals.astype(np.float32), 1, (0, 1))


def mujoco(folder: Path) -> Windows:
    """Positions and velocities of a falling hopper, 10,000 simulations after the recipe of Diffusion-TS."""
    with np.load(folder / "mujoco_hopper/mujoco_24_seed123.npz") as file:
        return Windows(file["data"].transpose(0, 2, 1).astype(np.float32), 1)


def etth1_256(folder: Path) -> Windows:
    """The transformer in windows of 256 hours."""
    return etth1(folder, 256)


SETS: dict[str, Callable[[Path], Windows]] = {
    "stock": stock, "energy": energy, "etth1": etth1, "sines": sines, "mujoco": mujoco, "etth1-256": etth1_256,
}  # fmt: skip


def _cut(rows: Rows, length: int, n: int | None = None) -> Windows:
    view = np.lib.stride_tricks.sliding_window_view(rows.astype(np.float32), length, 0)
    return Windows(np.ascontiguousarray(view[:n]), length)
