"""One installed plugin, as it is listed."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plugin:
    """One installed plugin: where it comes from, what it offers, or why it is skipped.

    Attributes
    ----------
    name, distribution, version : str
    hooks, signal_generators : tuple of str
        Names.
    error : str
        Why it is skipped, wholly or for one of its hooks; empty if it is sound.
    remarks : tuple of str
        Bad manners that the host was spared.
    seconds : float
        Its import took [s].
    """

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...] = ()
    signal_generators: tuple[str, ...] = ()
    error: str = ""
    remarks: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def title(self) -> str:
        """Name and distribution, for messages."""
        return f"plugin {self.name!r}" + (f" of {self.distribution}" if self.distribution else "")
