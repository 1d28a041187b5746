"""``https://`` and ``doi:``: what is fetched, and what is refused, each with its own message and nothing kept."""

import gzip
import hashlib
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate import places
from gansurrogate.errors import ArgumentError, FetchError, IntegrityError, SurrogateFileError
from gansurrogate.places import receiving, web

SITE = "https://models.example"
ADDRESS = f"{SITE}/pulses.onnx"
DOI = "doi:10.5281/zenodo.42/pulses.onnx"


def pin(content: bytes) -> str:
    return f"#sha256={hashlib.sha256(content).hexdigest()}"


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_surrogate_is_fetched_once_and_then_read_from_the_cache(network, content, cache) -> None:
    uri = network.file(ADDRESS, content)
    assert gs.load(uri, device="cpu").manifest.name == "golden"
    assert network.asked == [ADDRESS, f"{ADDRESS}.sig"]
    sha256 = hashlib.sha256(content).hexdigest()
    assert (cache / sha256 / "surrogate.onnx").read_bytes() == content
    network.answers.clear()
    assert gs.load(f"{ADDRESS}#sha256={sha256.upper()}", device="cpu").manifest.name == "golden"
    assert gs.load("golden", device="cpu").manifest.version == gs.load("golden@1", device="cpu").manifest.version
    assert len(network.asked) == 2


def test_a_redirect_within_the_host_is_followed(network, content) -> None:
    network.move(f"{SITE}/latest", "/pulses.onnx")
    network.file(ADDRESS, content)
    assert gs.load(f"{SITE}/latest{pin(content)}").manifest.name == "golden"


# --- refused ------------------------------------------------------------------------------------------


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.server.sent = 0  # type: ignore[attr-defined]
    while True:
        handler.wfile.write(b"\0" * 2**16)
        handler.server.sent += 2**16  # type: ignore[attr-defined]


def trickling(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    pause = threading.Event()
    while not pause.wait(0.02):
        handler.wfile.write(b"\0")


def silent(handler: BaseHTTPRequestHandler) -> None:
    threading.Event().wait(2)  # longer than the patience below


def breaking_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"\0" * 1000)


def fill(network, content: bytes) -> None:
    """Fill the network with what must not be loaded."""
    say = network.file
    say(f"{SITE}/changed", content[:-1] + b"\0")
    say(f"{SITE}/announced", b"", Content_Length=str(2**40))
    say(f"{SITE}/compressed", gzip.compress(bytes(10**6)), Content_Encoding="gzip")
    say(f"{SITE}/gone", b"", 410)
    say(f"{SITE}/private", b"secret", 403)
    say(f"{SITE}/broken", b"", 503)
    say(f"{SITE}/unchanged", b"", 304)
    say(f"{SITE}/part", content[:100], 206)
    network.move(f"{SITE}/nowhere", "")
    network.move(f"{SITE}/elsewhere", "https://other.example/pulses.onnx")
    say("https://other.example/pulses.onnx", content)
    network.move(f"{SITE}/port", f"{SITE}:8443/pulses.onnx")
    network.move(f"{SITE}/plain", "http://models.example/pulses.onnx")
    network.move(f"{SITE}/file", "file:///etc/passwd")
    network.move(f"{SITE}/circle", "/circle")
    for name, answer in {"endless": endless, "trickle": trickling, "silent": silent, "cut": breaking_off}.items():
        network.answers[f"{SITE}/{name}"] = answer


REFUSED = {
    "changed": (IntegrityError, r"SHA-256 is [0-9a-f]{64}, you want [0-9a-f]{64}: another file, or changed on its way"),
    "announced": (
        FetchError,
        "has 1099511627776 bytes; at most 1000000 are fetched: `gansurrogate fetch --largest MB`",
    ),
    "endless": (FetchError, "is larger than 1000000 bytes, and was left"),
    "compressed": (FetchError, r"models.example sends it compressed \(gzip\), though told not to"),
    "absent": (FetchError, "models.example answers 404 Not Found"),
    "gone": (FetchError, "models.example answers 410 Gone"),
    "private": (FetchError, "models.example answers 403 Forbidden"),
    "broken": (FetchError, "models.example answers 503 Service Unavailable"),
    "unchanged": (FetchError, "models.example answers 304 Not Modified, and no file"),
    "part": (FetchError, "models.example answers 206 Partial Content, and no file"),
    "nowhere": (FetchError, "models.example answers 302 Found, and no file"),
    "elsewhere": (
        FetchError,
        "models.example sends on to another host, other.example; if that is right, give the addr",
    ),
    "port": (FetchError, "models.example sends on to another host, models.example:8443"),
    "plain": (FetchError, "models.example sends on to http://models.example, which is not encrypted"),
    "file": (FetchError, "models.example sends on to file://None, which is not encrypted"),
    "circle": (FetchError, "it is sent in circles"),
    "trickle": (FetchError, r"only \d+ bytes came in \d+ s"),
    "silent": (FetchError, "no byte for 0.3 s"),
    "cut": (FetchError, "the connection broke off"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_a_server_may_do_is_refused(path, network, content, cache, monkeypatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT", (5.0, 0.3))
    if path == "trickle":
        monkeypatch.setattr(web, "PATIENCE", 0.1)
    fill(network, content)
    error, message = REFUSED[path]
    with pytest.raises(error, match=message) as caught:
        places.fetch(f"{SITE}/{path}{pin(content)}", most=10**6)
    assert type(caught.value) in (error, receiving.NotThereError)
    assert f"{SITE}/{path}" in str(caught.value)
    assert kept(cache) == []
    assert "https://other.example/pulses.onnx" not in network.asked


def test_what_a_server_says_is_shown_without_what_a_terminal_obeys(network, content) -> None:
    network.answers[ADDRESS] = lambda handler: (handler.send_response(403, "\x1b[2Jno"), handler.end_headers())
    with pytest.raises(FetchError, match="answers 403 \N{REPLACEMENT CHARACTER}"):
        gs.load(f"{ADDRESS}{pin(content)}")
    network.move(f"{SITE}/bad", "https://[::1/x")
    with pytest.raises(FetchError, match="Invalid IPv6 URL"):
        gs.load(f"{SITE}/bad{pin(content)}")
    network.file(ADDRESS, content, Content_Length="many")
    with pytest.raises(FetchError, match=r"the answer is not understood \(invalid literal"):
        gs.load(f"{ADDRESS}{pin(content)}")


def test_an_endless_body_is_left_while_it_is_read(network, content, cache) -> None:
    network.answers[f"{SITE}/endless"] = endless
    with pytest.raises(FetchError, match="larger than 300000 bytes"):
        places.fetch(f"{SITE}/endless{pin(content)}", most=300_000)
    assert network.server.sent < 30_000_000  # and what the kernel's buffers hold


def test_the_right_hash_of_something_else_is_no_surrogate(network, cache) -> None:
    page = b"<html>log in first</html>"
    with pytest.raises(SurrogateFileError, match=r"models\.example/page: this is a text file"):
        gs.load(network.file(f"{SITE}/page", page))
    assert kept(cache) == []


def test_an_unknown_certificate_is_refused(network, content, monkeypatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(FetchError, match="its certificate cannot be verified; REQUESTS_CA_BUNDLE names"):
        gs.load(network.file(ADDRESS, content))


def test_no_network_and_a_proxy_that_is_down_are_told_without_their_passwords(network, content, monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:1")
    with pytest.raises(FetchError, match="the proxy of this machine does not let it through") as caught:
        gs.load(f"{ADDRESS}?token=hidden{pin(content)}")
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(FetchError, match="no connection: wrong host, no network or a firewall"):
        gs.load(f"https://127.0.0.1:1/pulses.onnx{pin(content)}")


# --- signatures beside the file -----------------------------------------------------------------------


def test_a_signature_comes_with_the_file(network, content, cache) -> None:
    network.file(f"{ADDRESS}.sig?download=1", b"a signature")
    network.file(f"{ADDRESS}?download=1", content)
    path = Path(places.fetch(f"{ADDRESS}?download=1{pin(content)}"))
    assert path.with_name("surrogate.onnx.sig").read_bytes() == b"a signature"
    assert kept(cache) == ["entry.json", "surrogate.onnx", "surrogate.onnx.sig"]
    assert json.loads((path.parent / "entry.json").read_text())["source"] == ADDRESS


def test_a_signature_that_came_later_is_fetched_later_and_by_fetch_only(network, content, cache) -> None:
    uri = network.file(ADDRESS, content)
    gs.load(uri)
    network.file(f"{ADDRESS}.sig", b"a signature")
    gs.load(uri)
    assert len(network.asked) == 2
    places.fetch(uri)
    assert kept(cache) == ["entry.json", "surrogate.onnx", "surrogate.onnx.sig"]
    network.file(f"{ADDRESS}.sig", b"of another key")
    signature = Path(f"{places.fetch(uri)}.sig")
    assert signature.read_bytes() == b"of another key"
    del network.answers[f"{ADDRESS}.sig"]
    places.fetch(uri)
    assert signature.is_file()
    assert network.asked.count(ADDRESS) == 1


def test_a_signature_that_cannot_be_fetched_is_told(network, content, cache, caplog) -> None:
    network.file(f"{ADDRESS}.sig", b"", 503)
    with caplog.at_level(logging.WARNING, "gansurrogate"):
        gs.load(network.file(ADDRESS, content))
    assert caplog.messages == [
        f"the signature could not be looked for: {ADDRESS}.sig: models.example answers 503 Service Unavailable"
    ]
    assert kept(cache) == ["entry.json", "surrogate.onnx"]


# --- DOIs ---------------------------------------------------------------------------------------------


@pytest.fixture
def zenodo(network, content):
    """A record of Zenodo, as its API tells it; files are served by another host."""
    network.move("https://doi.org/10.5281/zenodo.42", "https://zenodo.org/records/42")
    network.file("https://zenodo.org/records/42", b"<html>")
    link = "https://zenodo.org/api/records/42/files/pulses.onnx/content"
    files = [{"key": "pulses.onnx", "links": {"self": link}}]
    network.file("https://zenodo.org/api/records/42", json.dumps({"id": 42, "files": files}).encode())
    network.move(link, "https://files.example/pulses.onnx")
    network.file("https://files.example/pulses.onnx", content)
    return network


def test_a_doi_leads_to_the_repository_and_on_to_its_files(zenodo, content, cache) -> None:
    surrogate = gs.load(f"{DOI}{pin(content)}", device="cpu")
    assert surrogate.manifest.name == "golden"
    assert zenodo.asked[0] == "https://doi.org/10.5281/zenodo.42"
    assert "https://files.example/pulses.onnx" in zenodo.asked
    assert kept(cache) == ["entry.json", "surrogate.onnx"]  # the record has no signature


def test_a_doi_is_refused_where_it_leads_to_nothing_sound(zenodo, content, cache) -> None:
    with pytest.raises(FetchError, match=r"File 'other.onnx' not found in data archive"):
        gs.load(f"doi:10.5281/zenodo.42/other.onnx{pin(content)}")
    with pytest.raises(FetchError, match=r"doi:10.5281/zenodo.43/pulses.onnx: doi.org answers 404"):
        gs.load(f"doi:10.5281/zenodo.43/pulses.onnx{pin(content)}")
    zenodo.file("https://zenodo.org/api/records/42", b"[]")
    with pytest.raises(FetchError, match="the answer is not understood"):
        gs.load(f"{DOI}{pin(content)}")
    zenodo.answers["https://zenodo.org/api/records/42"] = endless
    with pytest.raises(FetchError, match="the answer is larger than 1000000 bytes"):
        places.fetch(f"{DOI}{pin(content)}", most=10**6)
    zenodo.move("https://doi.org/10.5281/zenodo.42", "http://zenodo.org/records/42")
    with pytest.raises(FetchError, match=r"doi.org sends on to http://zenodo.org, which is not encrypted"):
        gs.load(f"{DOI}{pin(content)}")
    assert kept(cache) == []


# --- what is no URI -----------------------------------------------------------------------------------

WRONG = {
    ADDRESS: r"needs the SHA-256 of its file, from whom you trust: write https://models.example/pulses.onnx#sha256=",
    f"{ADDRESS}#sha256=123": "and 64 hexadecimal digits stand at the end; got '#sha256=123'",
    f"{ADDRESS}#sha256={'0' * 64}#sha256={'0' * 64}": "one #sha256= and 64 hexadecimal digits stand at the end",
    f"{ADDRESS}#top#sha256={'0' * 64}": "is followed by a # beside that of #sha256=; write %23",
    f"https://[::1]#sha256={'0' * 64}": "is no URI of a file",
    f"{ADDRESS}#sha512={'0' * 64}": "needs the SHA-256",
    f"http://models.example/pulses.onnx#sha256={'0' * 64}": "http:// is open to everybody on the way",
    f"https://me:secret@models.example/x.onnx#sha256={'0' * 64}": r"https://models.example/x.onnx: a password does not",
    f"https://token@models.example/x.onnx#sha256={'0' * 64}": "a password does not belong into a URI",
    f"https://models.example#sha256={'0' * 64}": "is no URI of a file; expected https://HOST/FILE.onnx",
    f"https:///x.onnx#sha256={'0' * 64}": "is no URI of a file",
    f"hf://lab#sha256={'0' * 64}": "is no URI of a file; expected hf://OWNER/REPOSITORY/FILE.onnx",
    f"https://[::1/x.onnx#sha256={'0' * 64}": "is no URI",
    f"https://models.example:port/x.onnx#sha256={'0' * 64}": "is no URI",
    f"https://models.example/a b.onnx#sha256={'0' * 64}": "a URI has no spaces",
    f"https://models.example/\x1b[2J#sha256={'0' * 64}": "a URI has no spaces and control characters",
    f"doi:10.5281/zenodo.42#sha256={'0' * 64}": "a DOI is followed by the name of the file",
    f"doi:42/pulses.onnx#sha256={'0' * 64}": "a DOI is followed by the name of the file",
    f"s3://bucket/x.zip::https://models.example/y#sha256={'0' * 64}": "is no URI of a file",
}


@pytest.mark.parametrize("uri", WRONG)
def test_a_wrong_uri_is_refused_before_anything_is_asked(uri, network) -> None:
    with pytest.raises(ArgumentError, match=WRONG[uri]) as caught:
        gs.load(uri)
    assert "secret" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert network.asked == []
