"""Surrogates that are installed as packages: a distribution announces the package that carries one.

An entry point in the group ``gansurrogate.surrogates`` gives a name to a top-level package, in which the file is called
``surrogate.onnx``. Metadata are read and the package's folder is asked for; nothing of it is imported.
"""

from importlib.util import find_spec
from pathlib import Path

from gansurrogate.discovery.entrypoints import Announced, announced
from gansurrogate.discovery.hooks import cause
from gansurrogate.errors import PluginError
from gansurrogate.packages.wheels import GROUP, SURROGATE
from gansurrogate.places.entry import Entry, fitting
from gansurrogate.places.names import Name
from gansurrogate.plain import printable


def entries() -> list[Entry]:
    """The installed surrogates, broken ones with the reason."""
    return [_entry(each) for each in announced(GROUP)]


def find(name: Name) -> Path | None:
    """The file of the installed surrogate called `name`, None if there is none.

    Raises
    ------
    PluginError
        If two distributions offer it, or the one that does is broken.
    """
    offered = [each for each in entries() if each.name == name.name]
    found = fitting(offered, name)
    if len(found) > 1 or (len(offered) > 1 and not name.version):  # a higher version number is no better claim
        owners = " and by ".join(each.place for each in (found if name.version else offered))
        msg = f"the surrogate {str(name)!r} is offered by {owners}: uninstall one, or load NAME@VERSION"
        raise PluginError(msg)
    for each in found:
        if each.error:
            msg = f"the surrogate {str(name)!r} of {each.place} is broken: {each.error}; install it again"
            raise PluginError(msg)
        return each.path
    return None


def _entry(each: Announced) -> Entry:
    place = printable(f"{each.distribution} {each.version}".strip())
    if each.point is None:
        return Entry(each.name, each.version, place, Path(), error=each.error)
    try:
        path, error = _file(each.point.value), ""
    except Exception as failure:  # finders and metadata of others promise nothing
        path, error = Path(), cause(failure)
    if not error and not path.is_file():
        error = f"there is no file {path}"
    return Entry(each.name, each.version, place, path, error=error)


def _file(package: str) -> Path:
    """Where the file of a top-level package lies."""
    if not package.isidentifier():  # parents of a package would be imported
        msg = f"its entry point leads to {package!r}; expected the name of a top-level package"
        raise ValueError(msg)
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        msg = f"there is no package {package}"
        raise ValueError(msg)
    return Path(next(iter(spec.submodule_search_locations)), SURROGATE)
