"""Things that plugins offer by name: each name has one owner, and an owner's things come and go together."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from gansurrogate.errors import PluginError

PROGRAM = "this program"

Thing = TypeVar("Thing")


class Offers(Generic[Thing]):
    """What is offered of one kind.

    Parameters
    ----------
    title : str
        Of a name, for messages: ``"the name"``.
    remedy : str
        What to do about a name that two want.

    Attributes
    ----------
    things : dict
        Name to thing.
    contested : dict
        Names that two plugins claim, each with the message that names both.
    """

    def __init__(self, title: str, remedy: str) -> None:
        self.title, self.remedy = title, remedy
        self.things: dict[str, Thing] = {}
        self.contested: dict[str, str] = {}
        self._owner: dict[str, str] = {}

    def add(self, name: str, thing: Thing, owner: str) -> None:
        """Make `thing` known; a program may replace its own.

        Raises
        ------
        PluginError
            If the name is taken.
        """
        if name in self._owner and not owner == self._owner[name] == PROGRAM:
            msg = f"{self.title} {name!r} is offered by {self._owner[name]} and by {owner}: {self.remedy}"
            if PROGRAM != owner != self._owner[name]:  # neither plugin can claim the name
                self.contested[name] = msg
                self.things.pop(name, None)
            raise PluginError(msg)
        self.things[name] = thing
        self._owner[name] = owner

    def get(self, name: str) -> Thing | None:
        """The thing of this name, None if nobody offers one.

        Raises
        ------
        PluginError
            If two plugins do.
        """
        if name in self.contested:
            raise PluginError(self.contested[name])
        return self.things.get(name)

    def of(self, owner: str) -> tuple[str, ...]:
        """The names that `owner` offers, sorted."""
        return tuple(sorted(name for name in self.things if self._owner[name] == owner))

    def withdraw(self, owner: str) -> None:
        """Forget what `owner` offers."""
        for name in self.of(owner):
            del self.things[name], self._owner[name]


def named_function(name: Any, function: Any) -> tuple[str, Callable[..., Any]]:
    """For `Plugins.offered`: a name and a function.

    Raises
    ------
    PluginError
        If it is something else.
    """
    if not isinstance(name, str) or not name.strip() or not callable(function):
        msg = f"register() takes a name and a function; got {name!r} and {function!r}"
        raise PluginError(msg)
    return name, function
