"""``s3://`` by s3fs and ``hf://`` by huggingface_hub, each against a server on loopback that speaks its protocol."""

import hashlib
import json
import re
import sys
import threading
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate import places
from gansurrogate.errors import FetchError, IntegrityError, MissingPackageError
from gansurrogate.places import uris

EMPTY = (
    b'<?xml version="1.0"?><ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>'
)


class Store(BaseHTTPRequestHandler):
    """Objects at their paths, with sizes and ranges; what is not there is 404, or an empty list in S3's words."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        objects: dict[str, bytes] = self.server.objects  # type: ignore[attr-defined]
        self.server.asked.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        content, status = objects.get(self.path.partition("?")[0]), 200
        if content is None:
            listing = "list-type" in self.path
            content, status = (EMPTY, 200) if listing else (b"", 404)
        total = len(content)
        if part := re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(part[1]), min(int(part[2] or total), total - 1)
            content, status = content[first : last + 1], 206
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        if self.path.startswith("/api/"):
            self.send_header("Content-Type", "application/json")
        for name in ("ETag", "X-Linked-Etag"):
            self.send_header(name, '"0123"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def store() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    server.daemon_threads = True
    server.objects, server.asked = {}, []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def bucket(store, content, monkeypatch) -> ThreadingHTTPServer:
    pytest.importorskip("s3fs", reason="the extra [s3] is not installed")
    for name, value in {
        "AWS_ENDPOINT_URL": address(store), "AWS_ACCESS_KEY_ID": "user", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    store.objects["/surrogates/pulses.onnx"] = content
    return store


def pin(content: bytes) -> str:
    return f"#sha256={hashlib.sha256(content).hexdigest()}"


def test_an_object_of_s3_is_fetched_with_its_signature(bucket, content) -> None:
    bucket.objects["/surrogates/pulses.onnx.sig"] = b"a signature"
    uri = f"s3://surrogates/pulses.onnx{pin(content)}"
    path = Path(places.fetch(uri.replace("s3", "S3")))
    assert (path.read_bytes(), path.with_name("surrogate.onnx.sig").read_bytes()) == (content, b"a signature")
    bucket.asked.clear()
    assert gs.load(uri, device="cpu").manifest.name == "golden"
    assert bucket.asked == []


def test_what_is_wrong_with_an_object_of_s3_is_told(bucket, content, cache) -> None:
    with pytest.raises(
        FetchError, match=r"s3://surrogates/other.onnx: there is no such file, or it is not shown to you"
    ):
        gs.load(f"s3://surrogates/other.onnx{pin(content)}")
    with pytest.raises(FetchError, match=f"has {len(content)} bytes; at most 1000 are fetched"):
        places.fetch(f"s3://surrogates/pulses.onnx{pin(content)}", most=1000)
    with pytest.raises(IntegrityError, match="another file, or changed on its way"):
        gs.load(f"s3://surrogates/pulses.onnx{pin(b'')}")
    assert list(cache.rglob("*")) == []


def test_a_store_without_its_package_names_it(monkeypatch) -> None:
    pytest.importorskip("fsspec", reason="the extra [fsspec] is not installed")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(MissingPackageError, match=r"gs:// needs a package more \(.*gcsfs.*\): pip install the one"):
        gs.load(f"gs://surrogates/pulses.onnx{pin(b'')}")


def test_fsspec_knows_every_store_that_is_built_in() -> None:
    registry = pytest.importorskip("fsspec.registry", reason="the extra [fsspec] is not installed")
    assert {*uris.BUCKETS} - {*registry.known_implementations} <= {"abfss"}


HUB = """
import sys
import gansurrogate as gs
from gansurrogate import places
path = places.fetch(sys.argv[1])
print(path, gs.load(sys.argv[1], device="cpu").manifest.name)
"""


def test_a_file_of_the_hub_is_fetched(store, content, run) -> None:
    pytest.importorskip("huggingface_hub", reason="the extra [hf] is not installed")
    api, sha = "/api/models/lab/pulses", "0" * 40
    store.objects[f"{api}/revision/v1"] = json.dumps({"id": "lab/pulses", "sha": sha}).encode()
    listed = {"type": "file", "path": "pulses.onnx", "oid": sha, "size": len(content)}
    store.objects[f"{api}/tree/v1"] = json.dumps([listed]).encode()
    store.objects["/lab/pulses/resolve/v1/pulses.onnx"] = content
    uri = f"hf://lab/pulses@v1/pulses.onnx{pin(content)}"
    path, name = run(HUB, uri, HF_ENDPOINT=address(store), HF_HUB_DISABLE_TELEMETRY="1", NO_PROXY="*").split()
    assert (Path(path).read_bytes(), name) == (content, "golden")
    assert "GET /lab/pulses/resolve/v1/pulses.onnx" in store.asked
