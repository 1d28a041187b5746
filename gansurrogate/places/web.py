"""``https://`` and ``doi:``, by pooch: it finds the files of a DOI in Zenodo, figshare and Dataverse, and downloads.

pooch and requests trust the other side with their time and memory, and go wherever it sends them. One response hook,
run on each response before its body is read, keeps the rules: encrypted only; to no other host, unless the address is
a DOI, which is made to lead elsewhere; as many bytes as allowed, uncompressed, at a rate that comes to an end.
"""

import time
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from gansurrogate.errors import FetchError
from gansurrogate.optional import package
from gansurrogate.places.receiving import NotThereError, Received
from gansurrogate.places.uris import shown
from gansurrogate.plain import printable

TIMEOUT = (10.0, 30.0)  # [s] to connect, and without a byte
PATIENCE, LEAST_RATE = 60.0, 1000  # [s], and bytes per second from then on
CHUNK = 2**16
_POOCH = ("File '", "Invalid data repository")  # how its own sentences begin
HEADERS = {"User-Agent": "gansurrogate", "Accept-Encoding": "identity"}


def download(uri: str, received: Received) -> None:
    """Download a ``https://`` or ``doi:`` URI.

    Raises
    ------
    FetchError
        If that is not possible, or not allowed.
    MissingPackageError
        If pooch is not installed.
    """
    pooch = package("pooch", "fetch")
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    doi = uri.lower().startswith("doi:")
    rules = _Rules(received, may_move=doi)
    downloader = (pooch.DOIDownloader if doi else pooch.HTTPDownloader)(
        headers=HEADERS, timeout=TIMEOUT, chunk_size=CHUNK, hooks={"response": rules}
    )
    try:
        downloader(f"doi:{uri[4:]}" if doi else uri, received, None)
    except FetchError:
        raise
    except (RequestException, HTTPError) as error:
        raise _told(shown(uri), error) from None  # the original has the whole address, and may have a proxy's
    except Exception as error:  # of pooch: a DOI of no repository that it knows, a file that is not in it, odd answers
        said = printable(str(error))
        why = said if said.startswith(_POOCH) else f"the answer is not understood ({said})"
        msg = f"{shown(uri)}: {why}"
        raise (NotThereError if said.startswith(_POOCH[0]) else FetchError)(msg) from error
    finally:
        rules.close()


class _Rules:
    """The response hook of one download."""

    def __init__(self, received: Received, may_move: bool) -> None:
        self.received, self.may_move = received, may_move
        self._open: list[Any] = []

    def close(self) -> None:
        """Leave all connections: what was refused was not read to its end."""
        for raw in self._open:
            raw.close()

    def __call__(self, response: Any, **_: Any) -> Any:
        self._open.append(response.raw)
        here = urlsplit(response.url)
        if response.is_redirect and (location := response.headers["location"]):
            self._check_move(here, urlsplit(urljoin(response.url, location)))
        elif response.ok and response.status_code != 200:
            self._refuse(f"{here.hostname} answers {response.status_code} {response.reason}, and no file".rstrip())
        if (coding := response.headers.get("Content-Encoding", "identity")).lower() != "identity":
            self._refuse(f"{here.hostname} sends it compressed ({coding}), though told not to")
        length = response.headers.get("Content-Length", "")
        if response.ok and length.isascii() and length.isdecimal():
            self.received.expect(int(length))
        response.raw = _Body(response.raw, self)
        return response

    def _check_move(self, here: SplitResult, there: SplitResult) -> None:
        if there.scheme != "https":
            self._refuse(f"{here.hostname} sends on to {there.scheme}://{there.hostname}, which is not encrypted")
        if not self.may_move and _origin(here) != _origin(there):
            self._refuse(
                f"{here.hostname} sends on to another host, {there.netloc.rpartition('@')[2]}; if that is right, give"
                " the address there"
            )

    def _refuse(self, why: str) -> None:
        msg = f"{self.received.uri}: {printable(why)}"
        raise FetchError(msg)

    def check_rate(self, began: float, count: int) -> None:
        """Refuse what comes too slowly or is too much; also what is read beside the file, such as lists of files."""
        seconds = time.monotonic() - began
        if seconds > PATIENCE and count < LEAST_RATE * seconds:
            self._refuse(f"only {count} bytes came in {seconds:.0f} s")
        if count > self.received.most:
            self._refuse(f"the answer is larger than {self.received.most} bytes, and was left")


class _Body:
    """The body of a response, as requests reads it: without `stream`, which would wait for whole chunks."""

    def __init__(self, raw: Any, rules: _Rules) -> None:
        self._raw, self._rules, self._began, self._count = raw, rules, time.monotonic(), 0

    def read(self, size: int) -> bytes:
        data: bytes = self._raw.read1(size, decode_content=False)
        self._count += len(data)
        self._rules.check_rate(self._began, self._count)
        return data

    def __getattr__(self, name: str) -> Any:
        if name == "stream":
            raise AttributeError(name)
        return getattr(self._raw, name)


def _origin(parts: SplitResult) -> tuple[str | None, int]:
    return parts.hostname, parts.port or 443


def _told(uri: str, error: Any) -> FetchError:
    """What went wrong, in words that hold neither a query nor a proxy."""
    response = getattr(error, "response", None)
    if response is not None and not response.ok:
        status = printable(f"{response.status_code} {response.reason}".strip())
        kind = NotThereError if response.status_code in (404, 410) else FetchError
        return kind(f"{uri}: {urlsplit(response.url).hostname} answers {status}")
    return FetchError(f"{uri}: {_SAID.get(type(error).__name__, _SAID['']).format(*TIMEOUT)}")


_SAID = {
    "": "the connection broke off; try again",
    "ConnectTimeout": "no connection within {0:g} s",
    "ConnectionError": "no connection: wrong host, no network or a firewall; on a login node: gansurrogate fetch",
    "ProxyError": "the proxy of this machine does not let it through",
    "ReadTimeout": "no byte for {1:g} s",
    "ReadTimeoutError": "no byte for {1:g} s",
    "SSLError": "its certificate cannot be verified; REQUESTS_CA_BUNDLE names a file with a site's own authority",
    "TooManyRedirects": "it is sent in circles",
}
