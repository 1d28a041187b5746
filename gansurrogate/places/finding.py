"""`find`: from what a user gives to what can be read, one way for `load` and for the command line."""

import hashlib
import os
from pathlib import Path

from gansurrogate.checked import CheckedFile
from gansurrogate.errors import ArgumentError, IntegrityError, UnknownNameError
from gansurrogate.places import uris
from gansurrogate.places.lookup import look_up
from gansurrogate.places.names import may_be_name
from gansurrogate.places.receiving import MOST_BYTES, Progress, silent
from gansurrogate.plugins import installed
from gansurrogate.surrogate_file import Source


def find(source: Source) -> Source:
    """What `source` stands for.

    Parameters
    ----------
    source : str, path or bytes
        A URI, a name, or a path. Whatever is no text is given back as it is.

    Returns
    -------
    path-like, str or bytes
        A `CheckedFile` where the content was checked on the way: out of the cache, or under a SHA-256.

    Raises
    ------
    ArgumentError
        If it is neither a path nor a name, or a URI without its SHA-256.
    UnknownNameError
        If nothing is called so, or nobody knows the URI's scheme.
    PluginError
        If a plugin fails, or gives neither a path nor bytes; if a name is doubled or its package broken.
    FetchError, IntegrityError, SurrogateFileError, MissingPackageError, OutputError
        If a file from elsewhere cannot be had, is not what was asked for, or cannot be kept.
    """
    if not isinstance(source, str):
        return source
    if uris.SCHEME.match(source):
        return _follow(source, MOST_BYTES, silent, look_again=False)
    return look_up(source) if may_be_name(source) else source


def fetch(uri: str, *, most: int = MOST_BYTES, progress: Progress = silent) -> Source:
    """Get the surrogate of a URI, with its signature if it has one, so that `find` gives it without a network.

    Parameters
    ----------
    uri : str
    most : int
        Bytes; by default 512 MiB.
    progress : callable
        Told how many bytes there are, and how many there will be if that is known.

    Returns
    -------
    path-like, str or bytes
        As `find`.

    Raises
    ------
    ArgumentError and what `find` raises
        If it is no URI.
    """
    if not uris.SCHEME.match(uri):
        msg = f"a URI is fetched, as https://HOST/FILE.onnx#sha256=...; got {uri!r}"
        raise ArgumentError(msg)
    return _follow(uri, most, progress, look_again=True)


def _follow(source: str, most: int, progress: Progress, *, look_again: bool) -> Source:
    """Ask the plugins, then the built-in schemes."""
    loaded, sha256 = installed(), uris.pinned(source)  # for a URI only: plugins are slow to load
    if found := loaded.first("resolve_model", uri=source):
        implementation, answer = found
        if not isinstance(answer, str | bytes | os.PathLike):
            implementation.refuse("a path, bytes or None", type(answer).__name__)
        content = answer if isinstance(answer, bytes) else Path(answer)
        return _checked(source, sha256, content) if sha256 else content
    scheme = source.partition(":")[0].lower()
    if scheme in uris.BUILT_IN:
        from gansurrogate.places.remote import obtain  # a host that loads files has no use for it

        return obtain(uris.parse(source), most, progress, look_again=look_again)
    if os.path.exists(source):  # noqa: PTH110  # a name with a colon
        return source
    msg = (
        f"there is no file {source}, and no plugin with the hook resolve_model finds it{loaded.broken_ones()};"
        f" `gansurrogate plugins` lists what is installed; built in: {', '.join(uris.USED)}"
    )
    raise UnknownNameError(msg)


def _checked(uri: str, sha256: str, found: bytes | Path) -> bytes | CheckedFile:
    """What a plugin found, if it has the SHA-256 that the user asked for."""
    data = found if isinstance(found, bytes) else found.read_bytes()
    if (computed := hashlib.sha256(data).hexdigest()) != sha256:
        msg = f"{uris.shown(uri)}: SHA-256 is {computed}, you want {sha256}: a plugin found another file"
        raise IntegrityError(msg)
    return data if isinstance(found, bytes) else CheckedFile(found, data)
