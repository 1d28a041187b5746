"""Watching a training: what the loop reports, and the watcher that does nothing."""

from collections.abc import Mapping
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
    losses : dict
        By name, the mean since the last line.
    measure : str
        Name of the held-out figure.
    figure : float or None
        Its last value.
    """

    step: int
    progress: float
    seconds: float
    losses: Mapping[str, float]
    measure: str
    figure: float | None


class Progress(Protocol):
    """A watcher of a training."""

    def stage(self, name: str) -> None:
        """A new stage begins."""

    def note(self, text: str) -> None:
        """Something to know, such as a choice made by looking at the data."""

    def count(self, done: int, total: int) -> None:
        """`done` of `total` signals are simulated."""

    def report(self, report: Report) -> None:
        """A line of the log."""


class NoProgress:
    """Watches nothing."""

    def stage(self, name: str) -> None:
        """Ignore."""

    def note(self, text: str) -> None:
        """Ignore."""

    def count(self, done: int, total: int) -> None:
        """Ignore."""

    def report(self, report: Report) -> None:
        """Ignore."""
