"""A surrogate from elsewhere: out of the cache, or fetched, checked and put there."""

import hashlib

from gansurrogate.checked import CheckedFile
from gansurrogate.conditions import logger
from gansurrogate.errors import FetchError, IntegrityError
from gansurrogate.places import buckets, cache, offline, web
from gansurrogate.places.receiving import NotThereError, Progress, Received
from gansurrogate.places.uris import URI, shown
from gansurrogate.surrogate_file import errors_name, read
from gansurrogate.trust.bundle import MOST_BYTES as MOST_BYTES_OF_SIGNATURE


def obtain(uri: URI, most: int, progress: Progress, *, look_again: bool) -> CheckedFile:
    """The file that `uri` stands for.

    Parameters
    ----------
    uri : URI
    most : int
        Bytes.
    progress : callable
        See `Received`.
    look_again : bool
        Look for a signature, even if the file is in the cache: it may be signed later, or by another key.

    Raises
    ------
    FetchError, IntegrityError, SurrogateFileError, MissingPackageError, OutputError
        If it cannot be had, or must not be.
    """
    try:
        kept = cache.get(uri.sha256)
    except IntegrityError as error:
        if offline.is_offline():
            msg = f"{error}; {offline.VARIABLE} is set: get it again with `gansurrogate fetch` where there is a network"
            raise IntegrityError(msg) from error
        logger.warning("%s: it is fetched again", error)
        kept = None
    if kept and (offline.is_offline() or not look_again):
        return kept
    if offline.is_offline():
        msg = (
            f"{uri} is not in the cache {cache.folder()}, and {offline.VARIABLE} is set: run `gansurrogate fetch` where"
            " there is a network"
        )
        raise FetchError(msg)
    if kept is None:
        return _fetched(uri, most, progress)
    if signature := _signature(uri):
        cache.put_signature(uri.sha256, signature)
    return kept


def _fetched(uri: URI, most: int, progress: Progress) -> CheckedFile:
    data = _download(uri.scheme, uri.text, Received(str(uri), most, progress))
    if (computed := hashlib.sha256(data).hexdigest()) != uri.sha256:
        msg = f"{uri}: SHA-256 is {computed}, you want {uri.sha256}: another file, or changed on its way"
        raise IntegrityError(msg)
    with errors_name(str(uri)):
        manifest = read(data)[1]
    return cache.put(data, uri.sha256, manifest, str(uri), _signature(uri))


def _signature(uri: URI) -> bytes | None:
    """The signature beside the file, if there is one; whoever wants one says so in a policy."""
    try:
        return _download(uri.scheme, uri.signature, Received(shown(uri.signature), MOST_BYTES_OF_SIGNATURE))
    except NotThereError:
        return None
    except FetchError as error:
        logger.warning("the signature could not be looked for: %s", error)
        return None


def _download(scheme: str, uri: str, received: Received) -> bytes:
    (web if scheme in ("https", "doi") else buckets).download(uri, received)
    return received.getvalue()
