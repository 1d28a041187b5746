"""One plugin's function for one hook: checked when the plugin is loaded, called by keyword, its failures named."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pluggy

from gansurrogate.errors import PluginError
from gansurrogate.plain import printable


@dataclass(frozen=True)
class Implementation:
    """What a plugin does for a hook.

    Attributes
    ----------
    hook : str
    owner : str
        The plugin, for messages.
    function : callable
    names : tuple of str
        The arguments of the hook that the function takes.
    """

    hook: str
    owner: str
    function: Callable[..., Any]
    names: tuple[str, ...]

    @classmethod
    def of(cls, caller: Any, implementation: pluggy.HookImpl, owner: str) -> "Implementation":
        """Look at what a plugin registered with pluggy for the hook `caller`.

        Raises
        ------
        PluginError
            If it cannot be called by keyword with (some of) the arguments of the hook.
        """
        hook, known, function = caller.name, caller.spec.argnames, implementation.function
        if implementation.wrapper or implementation.hookwrapper:
            msg = f"its hook {hook} is a wrapper; write a plain function"
            raise PluginError(msg)
        if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            msg = f"its hook {hook} is a coroutine or a generator, whose body would never run; write a plain function"
            raise PluginError(msg)
        names, kind = [], inspect.Parameter
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind in (kind.VAR_POSITIONAL, kind.VAR_KEYWORD):
                continue
            if parameter.kind is kind.POSITIONAL_ONLY:
                msg = f"its hook {hook} takes {parameter.name!r} by position only; hooks are called by keyword"
                raise PluginError(msg)
            if parameter.name in known:
                names.append(parameter.name)
            elif parameter.default is kind.empty:
                offered = ", ".join(known)
                msg = f"its hook {hook} wants the argument {parameter.name!r}; the hook has {offered}"
                raise PluginError(msg)
        return cls(hook, owner, function, tuple(names))

    def ask(self, **arguments: Any) -> Any:
        """Call the function with those of `arguments` that it takes; what it raises is the caller's."""
        return self.function(**{name: arguments[name] for name in self.names})

    def __call__(self, **arguments: Any) -> Any:
        """Call the function with those of `arguments` that it takes; see `tell`."""
        return self.tell(arguments)

    def tell(self, arguments: Mapping[str, Any]) -> Any:
        """Call the function with those of `arguments` that it takes.

        Raises
        ------
        PluginError
            If it fails; the message names plugin, hook and cause.
        """
        try:
            return self.function(**{name: arguments[name] for name in self.names})
        except (Exception, SystemExit) as error:  # a plugin may fail in any way
            msg = f"the {self.owner} failed in its hook {self.hook}: {cause(error)}"
            raise PluginError(msg) from error

    def refuse(self, expected: str, got: object) -> NoReturn:
        """Raise a `PluginError`: the answer `got` is not what the hook promises."""
        msg = f"the {self.owner} has to give {expected} in its hook {self.hook}; got {got}"
        raise PluginError(msg)


def cause(error: BaseException) -> str:
    """An error of somebody else's code in one line of text that harms no terminal."""
    try:
        text = printable(str(error))
    except Exception:  # an error's own text may fail as well
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
