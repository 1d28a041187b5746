"""What a guard has done so far."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GuardReport:
    """Counts since the guard was made, in this process.

    Attributes
    ----------
    rows : int
        Signals given.
    simulated : int
        Of these, the ones that were outside the surrogate's domain and came from the simulator.
    checked : int
        Rows of the surrogate that the spot check has compared with the simulator.
    waiting, skipped : int
        Rows that it has yet to compare, and those that it left out since too many were waiting.
    predictions, right : int
        How often it said which of a pair is the real one, and how often that was right.
    wealth : float
        The evidence for a drift: 1 at the beginning; ``1 / false_alarm`` raises the alarm.
    drifted : bool
        Whether it did. Then nothing is checked any more.
    error : str
        Why the spot check ended early; empty if it did not.
    """

    rows: int = 0
    simulated: int = 0
    checked: int = 0
    waiting: int = 0
    skipped: int = 0
    predictions: int = 0
    right: int = 0
    wealth: float = 1.0
    drifted: bool = False
    error: str = ""

    @property
    def share(self) -> float:
        """Share of the rows that were simulated since the surrogate does not cover them."""
        return self.simulated / self.rows if self.rows else 0.0

    def __str__(self) -> str:
        verdict = "drifted apart" if self.drifted else f"ended: {self.error}" if self.error else "no drift found"
        return (
            f"{self.rows} signals, {self.simulated} ({self.share:.2%}) simulated outside the surrogate's domain;"
            f" {self.checked} spot-checked, told apart {self.right} times of {self.predictions},"
            f" wealth {self.wealth:.3g}: {verdict}"
        )
