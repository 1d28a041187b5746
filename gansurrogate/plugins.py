"""Finding plugins: each is loaded on its own, so that a broken one is named and skipped.

Two doors. Signal generators and hooks come through pluggy from the entry-point group ``gansurrogate``.
Exporters have their own group and are imported only when somebody exports, so that an installed exporter
never brings torch into a running host.
"""

import functools
import operator
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from gansurrogate import hookspecs
from gansurrogate.errors import PluginError, UnknownNameError
from gansurrogate.manifest import Manifest
from gansurrogate.offers import PROGRAM, Offers
from gansurrogate.reading import Reader
from gansurrogate.signals import SignalGenerator

GROUP = "gansurrogate"
EXPORTERS = "gansurrogate.exporters"
RESTRICTION = "GANSURROGATE_PLUGINS"  # comma-separated names; empty means none


@dataclass(frozen=True)
class Plugin:
    """One installed plugin: where it comes from, what it offers, or why it is skipped."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...] = ()
    signal_generators: tuple[str, ...] = ()
    error: str = ""

    @property
    def title(self) -> str:
        """Name and distribution, for messages."""
        return f"plugin {self.name!r} of {self.distribution}"


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
        choose = f"uninstall one, or choose with {RESTRICTION}"
        self._generators: Offers[SignalGenerator] = Offers("the name", f"rename one, {choose}")
        self._readers: Offers[Reader] = Offers("the ending", choose)
        self.signal_generators, self.readers = self._generators.things, self._readers.things

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
        if missing := [name for name in ("name", "spec") if not hasattr(signal_generator, name)]:
            msg = f"{type(signal_generator).__name__} has no {' and no '.join(missing)}"
            raise PluginError(msg)
        self._generators.add(signal_generator.name, signal_generator, offered_by)

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

    def load(self, points: Iterable[EntryPoint]) -> None:
        """Load each entry point; one that fails is recorded in `plugins` with its cause and skipped."""
        for point in points:
            source = Plugin(point.name, point.dist.name if point.dist else "unknown", _version(point))
            try:
                hooks = self._load_one(point, source)
            except (Exception, SystemExit) as cause:  # a plugin may fail in any way; the host must live on
                self._generators.withdraw(source.title)
                self._readers.withdraw(source.title)
                error = f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
                self.plugins.append(replace(source, error=error))
            else:
                self.plugins.append(replace(source, hooks=hooks, signal_generators=self._generators.of(source.title)))

    def _load_one(self, point: EntryPoint, source: Plugin) -> tuple[str, ...]:
        for other in self.plugins:
            if other.name == source.name and not other.error:
                msg = (
                    f"{other.distribution} and {source.distribution} both have a plugin {source.name!r}: uninstall one"
                )
                raise PluginError(msg)
        plugin = point.load()
        self.manager.register(plugin, name=point.name)
        try:
            self.manager.check_pending()  # a misspelt hook is an error, not silence
            hooks = tuple(sorted(caller.name for caller in self.manager.get_hookcallers(plugin) or ()))
            if not hooks:
                msg = f"it has no function marked @gansurrogate.hookimpl; known hooks: {', '.join(hook_names())}"
                raise PluginError(msg)
            others = [p for p in self.manager.get_plugins() if p is not plugin]
            for hook, register in (
                ("register_signal_generators", self.register),
                ("register_readers", self.register_reader),
            ):
                call = self.manager.subset_hook_caller(hook, remove_plugins=others)
                call(register=functools.partial(register, offered_by=source.title))
        except BaseException:
            self.manager.unregister(plugin)
            raise
        return hooks

    def signal_generator(self, name: str) -> SignalGenerator:
        """The signal generator called `name`.

        Raises
        ------
        PluginError
            If two plugins offer the name.
        UnknownNameError
            If none does; the message lists the known names and the broken plugins.
        """
        if name in self._generators.contested:
            raise PluginError(self._generators.contested[name])
        if name not in self.signal_generators:
            known = ", ".join(sorted(self.signal_generators)) or "none"
            broken = "".join(f"; plugin {p.name!r} of {p.distribution} is broken: {p.error}" for p in self.broken)
            msg = f"no signal generator is called {name!r}; installed: {known}{broken}"
            raise UnknownNameError(msg)
        return self.signal_generators[name]

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
        if ending in self._readers.contested:
            raise PluginError(self._readers.contested[ending])
        return ending, self.readers[ending]

    def provider_options(self, manifest: Manifest, provider: str) -> dict[str, object]:
        """What the plugins want for an onnxruntime provider.

        Raises
        ------
        PluginError
            If a plugin fails, or gives anything but a mapping.
        """
        try:
            given = self.manager.hook.provider_options(provider=provider, manifest=manifest)
            return functools.reduce(operator.or_, (dict(options) for options in reversed(given)), {})
        except Exception as error:  # a plugin may fail in any way
            msg = f"a plugin's hook provider_options failed for {provider}: {type(error).__name__}: {error}"
            raise PluginError(msg) from error

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


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else ""


def hook_names() -> list[str]:
    """Names of the hooks in `hookspecs`."""
    return sorted(name for name, value in vars(hookspecs).items() if hasattr(value, "gansurrogate_spec"))


def discover(environment: Mapping[str, str] = os.environ) -> Plugins:
    """Load the installed plugins, or those that ``GANSURROGATE_PLUGINS`` names."""
    points = sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.dist.name if p.dist else ""))
    plugins = Plugins()
    if (restriction := environment.get(RESTRICTION)) is not None:
        chosen = {name.strip() for name in restriction.split(",")} - {""}
        points = [point for point in points if point.name in chosen]
        for name in sorted(chosen - {point.name for point in points}):
            plugins.plugins.append(Plugin(name, "", "", error=f"named in {RESTRICTION} but not installed"))
    plugins.load(points)
    return plugins


@functools.cache
def installed() -> Plugins:
    """The installed plugins, discovered once per process."""
    return discover()


def exporter_names() -> list[str]:
    """Names of the installed exporters; none is imported."""
    return sorted({point.name for point in entry_points(group=EXPORTERS)})


def exporter(name: str) -> Callable[..., Any]:
    """Import the exporter called `name`.

    Raises
    ------
    UnknownNameError
        If it is not installed.
    PluginError
        If two distributions offer it, or it cannot be imported.
    """
    points = list(entry_points(group=EXPORTERS, name=name))
    if not points:
        known = ", ".join(exporter_names()) or "none"
        msg = f"no exporter is called {name!r}; installed: {known}. Try: pip install gansurrogate-{name}"
        raise UnknownNameError(msg)
    if len(points) > 1:
        owners = " and ".join(point.dist.name if point.dist else "unknown" for point in points)
        msg = f"the exporter {name!r} is offered by {owners}: uninstall one"
        raise PluginError(msg)
    try:
        export: Callable[..., Any] = points[0].load()
    except Exception as error:
        msg = f"the exporter {name!r} cannot be imported: {type(error).__name__}: {error}"
        raise PluginError(msg) from error
    return export
