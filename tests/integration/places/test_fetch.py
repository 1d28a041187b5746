"""``gansurrogate fetch`` for login nodes, and what works without a network afterwards."""

import hashlib
import io
import json
import os
import resource
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import gansurrogate as gs
from gansurrogate import places
from gansurrogate.cli.app import run as command
from gansurrogate.errors import ArgumentError, FetchError, IntegrityError, OutputError, SignatureError

ADDRESS = "https://models.example/pulses.onnx"
CONDITIONS = {"energy": 100.0, "kind": "b"}
FETCH = "import sys; from gansurrogate import places; print(places.fetch(sys.argv[1]))"


@pytest.fixture
def uri(network, content) -> str:
    return network.file(ADDRESS, content)


@pytest.fixture
def torn(monkeypatch):
    """From now on no socket can be made."""

    def none(*_: object, **__: object) -> None:
        msg = "the network was touched"
        raise AssertionError(msg)

    return lambda: monkeypatch.setattr(socket.socket, "__init__", none)


def test_fetch_prints_the_path_and_the_rest_works_offline(uri, network, golden, torn, monkeypatch, capsys) -> None:
    network.file(f"{ADDRESS}.sig", b"a signature")
    assert command(["fetch", uri]) == 0
    said = capsys.readouterr()
    path = Path(said.out.strip())
    assert path.read_bytes() == golden.read_bytes()
    assert said.err == f"golden 1, {len(golden.read_bytes()) / 1e6:.2f} MB\n"
    monkeypatch.setenv("GANSURROGATE_OFFLINE", "1")
    torn()
    expected = gs.load(golden, device="cpu").sample(100, conditions=CONDITIONS, rng=7)
    for source in (uri, "golden", "golden@1", path):
        drawn = gs.load(source, device="cpu").sample(100, conditions=CONDITIONS, rng=7)
        assert np.array_equal(drawn, expected)
    assert command(["fetch", uri, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one == {
        "file": str(path), "signature": f"{path}.sig", "name": "golden", "version": "1",
        "bytes": len(golden.read_bytes()), "sha256": path.parent.name,
    }  # fmt: skip


def test_nothing_is_downloaded_while_signals_are_drawn(uri, network, torn) -> None:
    surrogate = gs.load(uri, device="cpu")
    asked = list(network.asked)
    torn()
    surrogate.self_test()
    assert surrogate.sample(3000, conditions=CONDITIONS, rng=1).shape[0] == 3000
    assert network.asked == asked


def test_offline_names_the_command_that_helps(uri, network, torn, monkeypatch) -> None:
    torn()
    for word in ("1", "true", "anything"):
        monkeypatch.setenv("GANSURROGATE_OFFLINE", word)
        with pytest.raises(
            FetchError, match=r"is not in the cache .*GANSURROGATE_OFFLINE is set: run `gansurrogate fetch`"
        ):
            gs.load(uri)
    assert network.asked == []


@pytest.mark.parametrize("word", ["", "0", "no", "False"])
def test_offline_is_off_where_the_variable_says_so(word, uri, monkeypatch) -> None:
    monkeypatch.setenv("GANSURROGATE_OFFLINE", word)
    assert gs.load(uri, device="cpu").manifest.name == "golden"


def test_a_damaged_entry_is_fetched_again_where_that_is_allowed(uri, network, content, monkeypatch, caplog) -> None:
    path = Path(places.fetch(uri))
    path.write_bytes(content[:-1])
    monkeypatch.setenv("GANSURROGATE_OFFLINE", "1")
    with pytest.raises(IntegrityError, match=r"the cached .* is damaged: .* GANSURROGATE_OFFLINE is set: get it again"):
        gs.load(uri)
    monkeypatch.delenv("GANSURROGATE_OFFLINE")
    assert gs.load(uri, device="cpu").manifest.name == "golden"
    assert path.read_bytes() == content
    assert [message.endswith("it is fetched again") for message in caplog.messages] == [True]


def test_processes_that_fetch_at_once_all_get_it(uri, network, content, cache) -> None:
    """The server answers when all have asked."""
    together, answer = threading.Barrier(2), network.answers[ADDRESS]

    def late(handler: object) -> None:
        together.wait(30)
        answer(handler)

    network.answers[ADDRESS] = late
    ranks = [
        subprocess.Popen([sys.executable, "-c", FETCH, uri], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [rank.communicate(timeout=60) for rank in ranks]
    assert [rank.returncode for rank in ranks] == [0, 0], said
    assert network.asked.count(ADDRESS) == 2
    path = cache / hashlib.sha256(content).hexdigest() / "surrogate.onnx"
    assert {out.strip() for out, _ in said} == {str(path)}
    assert path.read_bytes() == content
    assert sorted(file.name for file in path.parent.iterdir()) == ["entry.json", "surrogate.onnx"]


def test_a_full_disk_leaves_nothing_half_written(uri, cache) -> None:
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))  # noqa: E731  # larger files fail
    done = subprocess.run(
        [sys.executable, "-c", FETCH, uri], capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert done.returncode == 1
    assert "surrogate.onnx: File too large; nothing was written there" in done.stderr
    assert [file.name for file in cache.rglob("*") if file.is_file()] == ["entry.json"]
    assert places.known() == []


def test_a_cache_that_cannot_be_written_is_named(uri, cache) -> None:
    cache.write_bytes(b"a file is in the way")
    with pytest.raises(OutputError, match=f"cannot write {cache}.*Not a directory"):
        gs.load(uri)


MISTAKES = {
    "golden.onnx": "a URI is fetched, as https://HOST/FILE.onnx#sha256=...; got 'golden.onnx'",
    ADDRESS: "needs the SHA-256 of its file",
    f"ftp://models.example/x#sha256={'0' * 64}": "no plugin with the hook resolve_model finds it",
    f"ipfs://x#sha256={'0' * 64}": "lists what is installed; built in: https, doi, hf, s3,",
    f"{ADDRESS}#sha256={'0' * 64} --largest 0": "--largest is a positive number of megabytes; got 0",
    f"{ADDRESS}#sha256={'0' * 64} --largest inf": "--largest is a positive number of megabytes; got inf",
    f"{ADDRESS}#sha256={'0' * 64} --largest 0.001": "at most 1000 are fetched: `gansurrogate fetch --largest MB`",
    f"{ADDRESS}#sha256={'0' * 64}": "another file, or changed on its way",
}


def test_the_bar_shows_an_address_as_it_is(network, content, monkeypatch) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, markup=False)
    monkeypatch.setattr("gansurrogate.cli.fetch.stderr", terminal)
    uri = network.file("https://models.example/%5B/b%5Dpulses.onnx", content)
    assert command(["fetch", uri.replace("%5B", "[").replace("%5D", "]")]) == 0
    assert "https://models.example/[/b]pulses.onnx" in terminal.file.getvalue()


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_ends_with_two_and_a_sentence(words, uri, capsys) -> None:
    assert command(["fetch", *words.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert MISTAKES[words] in said.err


def test_every_command_takes_a_name(uri, golden, capsys, tmp_path, monkeypatch) -> None:
    path = Path(places.fetch(uri))
    site = tmp_path / "site"
    site.mkdir()
    (site / "ours.onnx").symlink_to(golden)
    monkeypatch.setenv("GANSURROGATE_PATH", str(site))
    for name in ("golden", "ours", uri):
        assert command(["inspect", name, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["name"] == "golden"
    assert command(["sample", "golden", "-n", "5", "--seed", "1", "-o", "signals.npz"]) == 0
    assert command(["export", "golden", "--to", "triton", "-o", "golden"]) == 0
    assert command(["doctor", "golden", "--device", "cpu", "--json"]) == 0
    capsys.readouterr()
    assert command(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["surrogates"]
    assert [(each["name"], each["version"], each["place"]) for each in listed] == [
        ("ours", "", str(site)), ("golden", "1", "cache"),
    ]  # fmt: skip
    assert listed[1]["file"] == str(path)
    assert listed[1]["bytes"] == len(golden.read_bytes())
    assert listed[1]["source"] == ADDRESS


def test_the_signature_that_is_fetched_satisfies_a_policy(
    uri, network, content, write_keys, tmp_path, monkeypatch
) -> None:
    pytest.importorskip("model_signing", reason="the extra [sign] is not installed")
    private, public = write_keys(tmp_path)
    Path("policy.toml").write_text(f"keys = ['{public}']")
    Path("pulses.onnx").write_bytes(content)
    assert command(["sign", "pulses.onnx", "--key", str(private)]) == 0
    monkeypatch.setenv("GANSURROGATE_POLICY", str(tmp_path / "policy.toml"))
    network.file(f"{ADDRESS}.sig", b"not by this key")
    for source in (uri, "golden"):
        with pytest.raises(SignatureError):
            gs.load(source, device="cpu")
    network.file(f"{ADDRESS}.sig", Path("pulses.onnx.sig").read_bytes())
    places.fetch(uri)
    for source in (uri, "golden"):
        assert gs.load(source, device="cpu").manifest.name == "golden"


def test_figures_are_not_written_into_what_a_name_leads_to(uri, golden, capsys) -> None:
    path = Path(places.fetch(uri))
    assert command(["evaluate", "golden", "--against", "real.npz", "--write"]) == 2
    assert "figures are kept in a file of your own; golden is none: copy it" in " ".join(
        capsys.readouterr().err.split()
    )
    assert path.read_bytes() == golden.read_bytes()


PLUGIN = """
import gansurrogate as gs
class Mirror:
    @gs.hookimpl
    def resolve_model(self, uri):
        return answer if uri.startswith(("https://models.example/", "store:")) else None
"""


def test_a_plugin_is_asked_first_and_its_answer_has_to_have_the_hash(
    network, content, golden, tmp_path, monkeypatch
) -> None:
    from gansurrogate.places import finding
    from gansurrogate.plugins import Plugins

    scope = {"answer": golden}
    exec(PLUGIN, scope)
    plugins = Plugins()
    plugins.manager.register(scope["Mirror"]())
    monkeypatch.setattr(finding, "installed", lambda: plugins)
    uri = network.file(ADDRESS, content)
    found = places.find(uri)
    assert (os.fspath(found), found.data) == (str(golden), content)
    assert places.find("store:x") == golden
    for hash_ in ("#sha256=123", "#sha256=", "#SHA256=x", f"#sha256={'0' * 64}\n", 2 * f"#sha256={'0' * 64}"):
        with pytest.raises(ArgumentError, match="one #sha256= and 64 hexadecimal digits stand at the end"):
            places.find(f"store:x{hash_}")
    for answer in (golden.read_bytes() + b"\0", tmp_path / "other.onnx"):
        (tmp_path / "other.onnx").write_bytes(b"other")
        scope["answer"] = answer
        with pytest.raises(IntegrityError, match=r"SHA-256 is .* you want .*: a plugin found another file"):
            places.find(uri)
    assert network.asked == []
