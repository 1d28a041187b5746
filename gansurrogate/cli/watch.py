"""A training as seen in a terminal, or line by line in a log file."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from gansurrogate.cli.console import stderr

if TYPE_CHECKING:
    from gansurrogate.train.progress import Progress, Report

SHOWN = 2  # losses in a line
LINES = 10  # per training, where there is no terminal


class TerminalWatcher:
    """A bar with step, time left, losses and the held-out figure."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.task = bar.add_task("starting", total=1.0, note="")

    def stage(self, name: str) -> None:
        """Name the stage; the bar starts again."""
        self.bar.reset(self.task, description=name, total=1.0, note="")

    def note(self, text: str) -> None:
        """Print the note above the bar."""
        self.bar.console.print(text, soft_wrap=True)

    def count(self, done: int, total: int) -> None:
        """Move the bar."""
        self.bar.update(self.task, completed=done / total, note=f"{done} of {total} signals")

    def report(self, report: "Report") -> None:
        """Move the bar and show the figures."""
        self.bar.update(self.task, completed=report.progress, note=describe(report))


class LineWatcher:
    """A line now and then."""

    def __init__(self) -> None:
        self.shown = -1

    def stage(self, name: str) -> None:
        """Print the stage."""
        stderr.print(name)
        self.shown = -1

    def note(self, text: str) -> None:
        """Print the note."""
        stderr.print(text, soft_wrap=True)

    def count(self, done: int, total: int) -> None:
        """Print a line at every tenth."""
        self._line(done / total, f"{done} of {total} signals")

    def report(self, report: "Report") -> None:
        """Print a line at every tenth."""
        self._line(report.progress, describe(report))

    def _line(self, progress: float, text: str) -> None:
        if int(progress * LINES) > self.shown:
            self.shown = int(progress * LINES)
            stderr.print(f"{progress:4.0%}  {text}")


@contextmanager
def watching(events: Path | None = None) -> "Iterator[Progress]":
    """The watcher that suits stderr, none beside the first of several processes; `events` is TensorBoard's folder."""
    from gansurrogate.train.distributed import is_first
    from gansurrogate.train.progress import NoProgress
    from gansurrogate.train.tensorboard import TensorBoard

    with ExitStack() as stack:
        shown: Progress = NoProgress()
        if is_first() and stderr.is_terminal:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(20),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}", markup=False),
            )
            shown = TerminalWatcher(stack.enter_context(Bar(*columns, console=stderr)))
        elif is_first():
            shown = LineWatcher()
        if is_first() and events is not None:
            shown = stack.enter_context(TensorBoard(events, shown))
        yield shown


def describe(report: "Report") -> str:
    """Step, time left, losses and the held-out figure in one line."""
    from gansurrogate.fidelity.figure import spoken  # here, so that a machine without the extra can start the command

    left = report.seconds * (1 - report.progress) / max(report.progress, 1e-6)
    shown = list(report.losses.items())[:SHOWN]
    losses = "  ".join(f"{name} {value:.3f}" for name, value in shown)
    figure = "-" if report.figure is None else f"{report.figure:.3f}"
    return (
        f"step {report.step}  {int(left // 60)}:{int(left % 60):02d} left  {losses}  {spoken(report.measure)} {figure}"
    )
