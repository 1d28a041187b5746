"""Finding plugins: each is loaded on its own, so that a broken one is named and skipped.

Two doors. Signal generators and hooks come through pluggy from the entry-point group ``gansurrogate``.
Exporters have their own group and are imported only when somebody exports, so that an installed exporter
never brings torch into a running host.
"""

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pluggy

from gansurrogate import hookspecs
from gansurrogate.conditions import logger
from gansurrogate.discovery.entrypoints import EXPORTERS, RESTRICTION, Announced, announced, chosen
from gansurrogate.discovery.hooks import Implementation, cause
from gansurrogate.discovery.manners import supervised
from gansurrogate.discovery.offers import PROGRAM, Offers
from gansurrogate.discovery.plugin import Plugin
from gansurrogate.errors import PluginError, UnknownNameError
from gansurrogate.reading import Reader
from gansurrogate.signals import SignalGenerator
from gansurrogate.spec import SignalSpec

NAME = re.compile(r"[^\s/\\-]([^\n/\\]*[^\s/\\])?")  # goes into commands and names of files

Thing = TypeVar("Thing")
Read = Callable[..., tuple[str, Thing]]  # from what a plugin registers to a name and a checked thing


class Plugins:
    """A set of loaded plugins. Tests build their own; programs use `installed`.

    Attributes
    ----------
    plugins : list of Plugin
        Everything found, broken ones included.
    signal_generators : dict
        Name to `SignalGenerator`.
    readers : dict
        Ending of file names to `Reader`.
    """

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(hookspecs.PROJECT)
        self.manager.add_hookspecs(hookspecs)
        self.plugins: list[Plugin] = []
        self._generators: Offers[SignalGenerator] = _offers("the name", "rename one, ")
        self._readers: Offers[Reader] = _offers("the ending")
        self.signal_generators, self.readers = self._generators.things, self._readers.things
        self._asked: dict[str, Offers[Any]] = {}  # by hook: what was offered when somebody wanted it

    def register(self, signal_generator: SignalGenerator, offered_by: str = PROGRAM) -> None:
        """Make `signal_generator` known under its name; a program may replace its own.

        Raises
        ------
        PluginError
            If it is not a `SignalGenerator` with a name and a spec, or the name is taken.
        """
        if not isinstance(signal_generator, SignalGenerator):
            hint = " (give an instance, not the class)" if isinstance(signal_generator, type) else ""
            msg = f"register() takes a SignalGenerator{hint}; got {signal_generator!r}"
            raise PluginError(msg)
        kind = type(signal_generator).__name__
        if missing := [name for name in ("name", "spec") if not hasattr(signal_generator, name)]:
            msg = f"{kind} has no {' and no '.join(missing)}"
            raise PluginError(msg)
        name, spec = signal_generator.name, signal_generator.spec
        if not isinstance(name, str) or not (NAME.fullmatch(name) and name.isprintable()):
            msg = f"the name of {kind} is a word or more, without slashes and no hyphen first; got {name!r}"
            raise PluginError(msg)
        if not isinstance(spec, SignalSpec):
            msg = f"the spec of {kind} is a gansurrogate.SignalSpec; got {spec!r}"
            raise PluginError(msg)
        self._generators.add(name, signal_generator, offered_by)

    def register_reader(self, ending: str, reader: Reader, offered_by: str = PROGRAM) -> None:
        """Make `reader` known for files whose names end in `ending`, such as ``".tdms"``.

        Raises
        ------
        PluginError
            If these are not an ending and a function, or the ending is taken.
        """
        if not isinstance(ending, str) or not ending or not callable(reader):
            msg = f"a reader is registered by an ending and a function; got {ending!r} and {reader!r}"
            raise PluginError(msg)
        self._readers.add(ending.lower(), reader, offered_by)

    def load(self, found: Iterable[Announced]) -> None:
        """Load each plugin; one that fails is recorded in `plugins` with its cause and skipped."""
        for each in found:
            source = Plugin(each.name, each.distribution, each.version, error=each.error)
            self.plugins.append(source if each.point is None else self._loaded(each, source))
            if (loaded := self.plugins[-1]).remarks:
                logger.warning("%s %s", loaded.title, "; ".join(loaded.remarks))

    def _loaded(self, each: Announced, source: Plugin) -> Plugin:
        try:
            with supervised() as visit:
                hooks = self._load_one(each, source)
        except KeyboardInterrupt as interrupt:  # the user's, as far as anybody can tell
            interrupt.add_note(f"while the {source.title} was loaded")
            raise
        except BaseException as error:  # a plugin may fail in any way; the host must live on
            self._generators.withdraw(source.title)
            self._readers.withdraw(source.title)
            source = replace(source, error=cause(error))
        else:
            source = replace(source, hooks=hooks, signal_generators=self._generators.of(source.title))
        return replace(source, remarks=tuple(visit.remarks), seconds=visit.seconds)

    def _load_one(self, each: Announced, source: Plugin) -> tuple[str, ...]:
        for other in self.plugins:
            if other.name == source.name and not other.error:
                msg = (
                    f"{other.distribution} and {source.distribution} both have a plugin {source.name!r}: uninstall one"
                )
                raise PluginError(msg)
        assert each.point is not None
        plugin = each.point.load()
        if isinstance(plugin, type):
            msg = f"its entry point leads to the class {plugin.__name__}; name a module, or an instance"
            raise PluginError(msg)
        self.manager.register(plugin, name=each.name)
        try:
            self.manager.check_pending()  # a misspelt hook is an error, not silence
            callers = sorted(self.manager.get_hookcallers(plugin) or (), key=lambda caller: caller.name)
            if not callers:
                msg = f"it has no function marked @gansurrogate.hookimpl; known hooks: {', '.join(hook_names())}"
                raise PluginError(msg)
            takers: dict[str, Callable[..., None]] = {
                "register_signal_generators": self.register,
                "register_readers": self.register_reader,
            }
            own = [
                Implementation.of(caller, each, source.title)
                for caller in callers
                for each in caller.get_hookimpls()
                if each.plugin is plugin
            ]
            for implementation in own:
                if take := takers.get(implementation.hook):
                    _collect(implementation, functools.partial(take, offered_by=source.title))
        except BaseException:
            self.manager.unregister(plugin)
            raise
        return tuple(caller.name for caller in callers)

    def implementations(self, hook: str) -> list[Implementation]:
        """What the plugins do for a hook, in the order in which they are asked: the one registered last first."""
        titles = {each.name: each.title for each in self.plugins}
        caller = getattr(self.manager.hook, hook)
        return [
            Implementation.of(caller, each, titles.get(each.plugin_name, f"plugin {each.plugin_name!r} of {PROGRAM}"))
            for each in reversed(caller.get_hookimpls())
        ]

    def first(self, hook: str, **arguments: Any) -> tuple[Implementation, Any] | None:
        """The first answer to a hook that is not None, with whose it is.

        Raises
        ------
        PluginError
            If a plugin fails.
        """
        for implementation in self.implementations(hook):
            if (answer := implementation(**arguments)) is not None:
                return implementation, answer
        return None

    def offered(self, hook: str, read: "Read[Thing]") -> "Offers[Thing]":
        """What plugins offer through a hook ``register_...`` that is asked only when somebody wants it.

        A plugin that fails in it is named as broken and offers nothing there; its other hooks stay.

        Parameters
        ----------
        hook : str
        read : callable
            Takes what a plugin registers and gives a name and the thing, or raises.
        """
        if hook in self._asked:
            return self._asked[hook]
        offers: Offers[Thing] = _offers("the name", "rename one, ")
        self._asked[hook] = offers  # before plugins are asked: one may build on what others offer
        for each in reversed(self.implementations(hook)):

            def register(*arguments: Any, owner: str = each.owner) -> None:
                name, thing = read(*arguments)
                offers.add(name, thing, owner)

            try:
                with supervised():
                    _collect(each, register)
            except (Exception, SystemExit) as error:  # as in `load`
                offers.withdraw(each.owner)
                self._break(each, cause(error))
        return offers

    def _break(self, implementation: Implementation, why: str) -> None:
        error = f"{implementation.hook}: {why}"
        logger.warning("%s: %s", implementation.owner, error)
        for i, plugin in enumerate(self.plugins):
            if plugin.title == implementation.owner:
                self.plugins[i] = replace(plugin, error=error)

    def signal_generator(self, name: str) -> SignalGenerator:
        """The signal generator called `name`.

        Raises
        ------
        PluginError
            If two plugins offer the name.
        UnknownNameError
            If none does; the message lists the known names and the broken plugins.
        """
        if (found := self._generators.get(name)) is None:
            known = ", ".join(sorted(self.signal_generators)) or "none"
            msg = f"no signal generator is called {name!r}; installed: {known}{self.broken_ones()}"
            raise UnknownNameError(msg)
        return found

    def reader(self, name: str) -> tuple[str, Reader] | None:
        """The reader for a file called `name`, with its ending: of several that fit, the longest. None if none does.

        Raises
        ------
        PluginError
            If two plugins offer the ending.
        """
        endings = [ending for ending in (*self.readers, *self._readers.contested) if name.lower().endswith(ending)]
        if not endings:
            return None
        ending = max(endings, key=len)
        reader = self._readers.get(ending)
        assert reader is not None
        return ending, reader

    def origin(self, name: str) -> str:
        """Where the signal generator called `name` comes from: plugin and distribution, with its version."""
        for plugin in self.plugins:
            if name in plugin.signal_generators:
                return f"{plugin.name} of {plugin.distribution} {plugin.version}"
        return PROGRAM

    @property
    def broken(self) -> list[Plugin]:
        """Plugins that were skipped."""
        return [plugin for plugin in self.plugins if plugin.error]

    def broken_ones(self) -> str:
        """The broken plugins, as the end of a message that says what was not found."""
        return "".join(f"; {plugin.title} is broken: {plugin.error}" for plugin in self.broken)


def _offers(title: str, remedy: str = "") -> "Offers[Any]":
    return Offers(title, f"{remedy}uninstall one, or choose with {RESTRICTION}")


def _collect(implementation: Implementation, register: Callable[..., None]) -> None:
    """Let a plugin register what it offers."""
    if (answer := implementation.ask(register=register)) is not None:
        implementation.refuse("nothing: it calls register(...) once for each thing", repr(answer))


def hook_names() -> list[str]:
    """Names of the hooks in `hookspecs`."""
    return sorted(name for name, value in vars(hookspecs).items() if hasattr(value, "gansurrogate_spec"))


def discover(environment: Mapping[str, str] = os.environ) -> Plugins:
    """Load the installed plugins, or those that ``GANSURROGATE_PLUGINS`` names."""
    plugins = Plugins()
    plugins.load(chosen(environment))
    return plugins


@functools.cache
def installed() -> Plugins:
    """The installed plugins, discovered once per process."""
    return discover()


def exporter_names() -> list[str]:
    """Names of the installed exporters; none is imported."""
    return sorted({each.name for each in announced(EXPORTERS) if each.point})


def exporter(name: str) -> Callable[..., Any]:
    """Import the exporter called `name`.

    Raises
    ------
    UnknownNameError
        If it is not installed.
    PluginError
        If two distributions offer it, or it cannot be imported.
    """
    found = [each for each in announced(EXPORTERS) if each.point and each.name == name]
    if not found:
        known = ", ".join(exporter_names()) or "none"
        msg = f"no exporter is called {name!r}; installed: {known}. Try: pip install gansurrogate-{name}"
        raise UnknownNameError(msg)
    if len(found) > 1:
        owners = " and ".join(each.distribution for each in found)
        msg = f"the exporter {name!r} is offered by {owners}: uninstall one"
        raise PluginError(msg)
    assert found[0].point is not None
    try:
        export: Callable[..., Any] = found[0].point.load()
    except (Exception, SystemExit) as error:
        msg = f"the exporter {name!r} of {found[0].distribution} cannot be imported: {cause(error)}"
        raise PluginError(msg) from error
    if not callable(export):
        msg = f"the exporter {name!r} of {found[0].distribution} is a function export(trained, path); got {export!r}"
        raise PluginError(msg)
    return export
