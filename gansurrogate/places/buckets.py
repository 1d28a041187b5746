"""``s3://`` and other stores, and ``hf://``, by fsspec: credentials and endpoints are those of its libraries."""

import re

from gansurrogate.errors import FetchError, MissingPackageError, SurrogateError
from gansurrogate.optional import package
from gansurrogate.places.receiving import NotThereError, Received
from gansurrogate.places.uris import HUB, shown
from gansurrogate.plain import printable

BLOCK = 2**22
EXTRAS = {"s3": "s3", HUB: "hf"}  # by scheme; the others need fsspec and a package that it names


def download(uri: str, received: Received) -> None:
    """Read a file of a store that fsspec knows.

    Raises
    ------
    FetchError
        If that is not possible, or not allowed.
    MissingPackageError
        If fsspec or what it needs for this store is not installed.
    """
    scheme = uri.partition(":")[0].lower()
    extra = EXTRAS.get(scheme, "fsspec")
    fsspec = package("fsspec", extra)
    try:
        system, path = fsspec.url_to_fs(uri, skip_instance_cache=True)  # what it remembers of a store may be old
        with system.open(path, "rb", block_size=BLOCK) as file:
            if (size := getattr(file, "size", None)) is not None:
                received.expect(int(size))
            while block := file.read(BLOCK):
                received.write(block)
    except SurrogateError:
        raise
    except ImportError as error:
        wanted = f"'gansurrogate[{extra}]'" if scheme in EXTRAS else "the one that is named here"
        msg = f"{scheme}:// needs a package more ({error}): pip install {wanted}"
        raise MissingPackageError(msg) from error
    except FileNotFoundError as error:
        msg = f"{shown(uri)}: there is no such file, or it is not shown to you"
        raise NotThereError(msg) from error
    except Exception as error:  # each store has its own
        said = re.sub(r"\?\S*", "", " ".join(str(error).split()))  # no query of an address: it may be signed
        msg = f"{shown(uri)}: {type(error).__name__}: {printable(said)}"
        raise FetchError(msg) from error
