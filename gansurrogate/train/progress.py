"""Watching a training: what the loop reports, and the watcher that does nothing."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Report:
    """One line of the log.

    Attributes
    ----------
    step : int
    progress : float
        Share of the budget that is used, in [0, 1].
    seconds : float
        Time trained so far.
    discriminator_loss, generator_loss : float
        Both ln 2 = 0.69 when the discriminator cannot rank real above generated.
    penalty : float
        Mean squared gradient of the discriminator, R1 + R2, unweighted.
    energy : float
        Energy distance of the leading coefficients.
    held_out_auc : float or None
        The last held-out test.
    """

    step: int
    progress: float
    seconds: float
    discriminator_loss: float
    generator_loss: float
    penalty: float
    energy: float
    held_out_auc: float | None


class Progress(Protocol):
    """A watcher of a training."""

    def stage(self, name: str) -> None:
        """A new stage begins."""

    def count(self, done: int, total: int) -> None:
        """`done` of `total` signals are simulated."""

    def report(self, report: Report) -> None:
        """A line of the log."""


class NoProgress:
    """Watches nothing."""

    def stage(self, name: str) -> None:
        """Ignore."""

    def count(self, done: int, total: int) -> None:
        """Ignore."""

    def report(self, report: Report) -> None:
        """Ignore."""
