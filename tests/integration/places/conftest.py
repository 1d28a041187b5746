"""A network on loopback: every host of it is one HTTPS server, reached through a proxy as from a firewalled site."""

import datetime
import hashlib
import os
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("pooch", reason="the extra [fetch] is not installed")
x509 = pytest.importorskip("cryptography.x509")

HOSTS = ("models.example", "other.example", "doi.org", "zenodo.org", "files.example")
SITE = "https://models.example"


class Network:
    """Attributes: `answers`, by host and path, and `asked`, what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        self.authority = folder / "authority.pem"
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.network = self  # type: ignore[attr-defined]
        self.server.socket = _context(folder, self.authority).wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.proxy = _Proxy(("127.0.0.1", 0), _Tunnel)
        self.proxy.target = self.server.server_address  # type: ignore[attr-defined]
        for each in (self.server, self.proxy):
            threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        for each in (self.server, self.proxy):
            each.shutdown()
            each.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What sends a process into this network."""
        proxy = f"http://127.0.0.1:{self.proxy.server_address[1]}"
        return {"HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": str(self.authority), "NO_PROXY": ""}

    def file(self, address: str, content: bytes, status: int = 200, **headers: str) -> str:
        """Serve `content` at an address; gives its URI with the hash."""
        headers.setdefault("Content_Length", str(len(content)))
        self.answers[address] = lambda handler: _send(handler, status, headers, content)
        return f"{address}#sha256={hashlib.sha256(content).hexdigest()}"

    def move(self, address: str, to: str) -> None:
        """Send on from an address to another."""
        self.file(address, b"", 302, Location=to)


def _send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that leaves is what some tests are about


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = f"https://{self.headers['Host']}{self.path}"
        network: Network = self.server.network  # type: ignore[attr-defined]
        network.asked.append(address)
        network.answers.get(address, lambda handler: _send(handler, 404, {"Content-Length": "0"}, b""))(self)

    def log_message(self, *_: object) -> None:
        pass


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Tunnel(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        with socket.create_connection(self.server.target) as there:  # type: ignore[attr-defined]
            self.connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            ends = {self.connection: there, there: self.connection}
            while True:
                for one in select.select(list(ends), [], [])[0]:
                    if not (data := one.recv(2**16)):
                        return
                    ends[one].sendall(data)


def _context(folder: Path, authority: Path) -> ssl.SSLContext:
    """The server's certificate for all hosts, signed by itself."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    authority.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, private)
    return context


@pytest.fixture(scope="session")
def _network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    network = Network(tmp_path_factory.mktemp("network"))
    yield network
    network.close()


@pytest.fixture
def network(_network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The network, empty, with this process in it."""
    for name, value in _network.environment.items():
        monkeypatch.setenv(name, value)
        monkeypatch.delenv(name.lower(), raising=False)
    yield _network
    _network.answers.clear()
    _network.asked.clear()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache, empty."""
    for name in ("GANSURROGATE_PATH", "GANSURROGATE_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GANSURROGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def content(golden: Path) -> bytes:
    """A surrogate file's."""
    return golden.read_bytes()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Run a program in a process of its own; gives what it prints."""

    def program(text: str, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", text, *arguments],
            env={**os.environ, "HOME": str(tmp_path), **environment},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return program
