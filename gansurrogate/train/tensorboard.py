"""A training's log in TensorBoard's format, besides whatever else watches it."""

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gansurrogate.optional import package
from gansurrogate.train.progress import NoProgress, Progress, Report

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class TensorBoard:
    """Writes each line of the log as scalars; hands everything on to another watcher.

    To be used in a ``with`` block, which writes what is left and closes the file.

    Parameters
    ----------
    folder : Path
        Receives the event files. Lines of an earlier process from the same step on are superseded.
    shown : Progress, optional
        Told everything as well.

    Raises
    ------
    MissingPackageError
        Without the extra ``[tensorboard]``.
    """

    def __init__(self, folder: Path, shown: Progress | None = None) -> None:
        package("tensorboard", "tensorboard")
        self.folder, self.shown = folder, shown or NoProgress()
        self.writer: SummaryWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.writer is not None:
            self.writer.close()

    def stage(self, name: str) -> None:
        """Hand on."""
        self.shown.stage(name)

    def note(self, text: str) -> None:
        """Hand on."""
        self.shown.note(text)

    def count(self, done: int, total: int) -> None:
        """Hand on."""
        self.shown.count(done, total)

    def report(self, report: Report) -> None:
        """Write the losses under ``loss/`` and the held-out figure under its name."""
        from torch.utils.tensorboard import SummaryWriter

        if self.writer is None:
            self.writer = SummaryWriter(self.folder, purge_step=report.step)
        scalars = {f"loss/{name}": value for name, value in report.losses.items()}
        if report.figure is not None:
            scalars[report.measure] = report.figure
        for name, value in scalars.items():
            self.writer.add_scalar(name, value, report.step)
        self.shown.report(report)
