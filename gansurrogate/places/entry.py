"""One surrogate that a name leads to, as it is listed."""

from dataclasses import dataclass
from pathlib import Path

from gansurrogate.places.names import Name, age


@dataclass(frozen=True)
class Entry:
    """A surrogate that is there.

    Attributes
    ----------
    name : str
    version : str
        Empty where the place does not say.
    place : str
        In words: a distribution with its version, a folder, or the cache.
    path : Path
        The file.
    source : str
        The URI that it came from.
    sha256 : str
        That its content has to have; empty where the place does not say.
    error : str
        Why it cannot be used.
    """

    name: str
    version: str
    place: str
    path: Path
    source: str = ""
    sha256: str = ""
    error: str = ""

    @property
    def title(self) -> str:
        """Name and version as a user types them."""
        return str(Name(self.name, self.version))


def fitting(entries: list[Entry], name: Name) -> list[Entry]:
    """Those that `name` means, of the wanted version or of the newest: more than one if nothing tells them apart."""
    found = [each for each in entries if each.name == name.name]
    if name.version:
        return [each for each in found if each.version == name.version]
    newest = max((age(each.version) for each in found), default=None)
    return [each for each in found if age(each.version) == newest]
