"""What a policy does not allow is refused, each with a message of its own."""

import base64
import contextlib
import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import PolicyError, SignatureError
from gansurrogate.surrogate import load_own
from gansurrogate.trust.keys import PublicKey
from gansurrogate.trust.signature import sign, signer


def refused(source, error, message, **options):
    with pytest.raises(error, match=message) as caught:
        gs.load(source, **options)
    assert type(caught.value) is error
    if isinstance(source, Path):
        assert str(source) in str(caught.value)


def sidecar(path):
    return Path(f"{path}.sig")


def changed(path, **payload_or_bundle):
    """The signature beside `path` with some of its entries changed, at any depth by dotted names."""
    bundle = json.loads(sidecar(path).read_text())
    for name, value in payload_or_bundle.items():
        *folders, last = name.split("__")
        part = bundle
        for folder in folders:
            part = part[folder]
        part[last] = value
    sidecar(path).write_text(json.dumps(bundle))


def change_statement(path, change):
    """The signed statement changed, and not signed again."""
    payload = json.loads(sidecar(path).read_text())["dsseEnvelope"]["payload"]
    statement = json.loads(base64.b64decode(payload))
    change(statement)
    changed(path, dsseEnvelope__payload=base64.b64encode(json.dumps(statement).encode()).decode())


# --- signatures ---------------------------------------------------------------------------------


def test_what_a_trusted_key_signed_is_loaded(signed, signatures_wanted, golden, expected, conditions):
    surrogate = gs.load(signed, verify=False)
    np.testing.assert_array_equal(surrogate.sample(200, conditions=conditions, rng=3), expected)


def test_a_missing_signature(signed, signatures_wanted):
    sidecar(signed).unlink()
    refused(signed, SignatureError, r"wants a signature, and there is no file .*signed\.onnx\.sig")
    refused(signed, SignatureError, "wants a signature, and there is no file", verify=False)


def test_bytes_without_a_signature_and_with_one(signed, signatures_wanted, golden_bytes):
    refused(golden_bytes, SignatureError, "bytes have none beside them: load a file with its .sig, or give signature=")
    assert gs.load(golden_bytes, signature=sidecar(signed).read_bytes()).manifest.name == "golden"
    with pytest.raises(TypeError, match=r"content of a \.sig file, as bytes; got \w+Path"):
        gs.load(golden_bytes, signature=sidecar(signed))


@pytest.mark.parametrize("verify", [True, False])
def test_a_manifest_that_was_changed_and_sealed_again(signed, signatures_wanted, with_manifest, manifest_dict, verify):
    signed.write_bytes(with_manifest({**manifest_dict, "license": "MIT"}))
    assert load_own(signed.read_bytes()).manifest.license == "MIT"
    message = "the signature is of another file: of SHA-256 .*: the file was changed after it was signed"
    refused(signed, SignatureError, message, verify=verify)


def test_a_flipped_bit_of_a_weight_where_the_hash_is_not_asked_for(signed, signatures_wanted, golden_bytes):
    damaged = bytearray(golden_bytes)
    weight = golden_bytes.find(bytes.fromhex("0000803f"))  # a 1.0
    damaged[weight] ^= 1
    signed.write_bytes(damaged)
    load_own(bytes(damaged), verify=False)
    refused(signed, SignatureError, "the signature is of another file", verify=False)


def test_the_signature_of_another_file(signed, signatures_wanted, text_path):
    signed.write_bytes(text_path.read_bytes())
    refused(signed, SignatureError, "the signature is of another file")


def test_a_signature_by_a_key_that_is_not_trusted(signed, signatures_wanted, golden_bytes, stranger, key):
    sidecar(signed).write_bytes(sign(golden_bytes, signed.name, stranger.private))
    refused(
        signed,
        SignatureError,
        f"by the key {stranger.fingerprint}, which is not trusted; trusted are {key.fingerprint[:12]}",
    )


def test_a_signature_by_a_revoked_key_that_is_still_among_the_trusted(signed, policy, key, stranger):
    policy(f"keys = ['{key.public}', '{stranger.public}']\nrevoked = ['{key.fingerprint}']\n")
    refused(signed, SignatureError, f"by the key {key.fingerprint}, which was revoked")


def test_a_signature_by_a_stranger_that_names_a_trusted_key(signed, signatures_wanted, golden_bytes, stranger, key):
    sidecar(signed).write_bytes(sign(golden_bytes, signed.name, stranger.private))
    changed(signed, verificationMaterial__publicKey={"hint": key.fingerprint})
    refused(signed, SignatureError, f"the signature is wrong: it was not made with the key {key.fingerprint}")


def test_a_wrong_signature(signed, signatures_wanted):
    bundle = json.loads(sidecar(signed).read_text())
    made = bytearray(base64.b64decode(bundle["dsseEnvelope"]["signatures"][0]["sig"]))
    made[-1] ^= 1
    changed(signed, dsseEnvelope__signatures=[{"sig": base64.b64encode(made).decode(), "keyid": ""}])
    refused(signed, SignatureError, "the signature is wrong")


def test_a_statement_that_was_changed_after_it_was_signed(signed, signatures_wanted, text_path):
    import hashlib

    def speak_of_another_file(statement):
        statement["predicate"]["resources"][0]["digest"] = hashlib.sha256(text_path.read_bytes()).hexdigest()

    change_statement(signed, speak_of_another_file)
    signed.write_bytes(text_path.read_bytes())
    refused(signed, SignatureError, "the signature is wrong")


MALFORMED = {
    "huge": (lambda path: sidecar(path).write_bytes(b" " * 2**16 + b"{}"), "has more than 65536 bytes"),
    "empty": (lambda path: sidecar(path).write_bytes(b""), "malformed: Expecting value"),
    "no JSON": (lambda path: sidecar(path).write_bytes(b"\xff\x00"), "malformed: 'utf-8' codec"),
    "a list": (lambda path: sidecar(path).write_bytes(b"[]"), "malformed: list indices"),
    "half": (lambda path: sidecar(path).write_bytes(sidecar(path).read_bytes()[:700]), "malformed: Unterminated"),
    "nothing in it": (lambda path: sidecar(path).write_bytes(b"{}"), "malformed: it lacks 'dsseEnvelope'"),
    "another media type": (lambda path: changed(path, mediaType="text/html"), "media type is 'text/html'"),
    "another payload type": (lambda path: changed(path, dsseEnvelope__payloadType="a/b"), "payload type is 'a/b'"),
    "no signature in it": (lambda path: changed(path, dsseEnvelope__signatures=[]), "number of signatures is 0"),
    "no payload": (lambda path: changed(path, dsseEnvelope__payload="?"), "malformed: .*base64"),
    "no key named": (lambda path: changed(path, verificationMaterial__publicKey={"hint": ""}), "not a SHA-256"),
    "a certificate": (
        lambda path: changed(path, verificationMaterial={"certificate": {}}), r"proof of who signed is \['cert"
    ),
    "a folder": (
        lambda path: change_statement(path, lambda said: said["predicate"]["resources"][0].update(name="a/b")),
        r"signed file and its hash is \('a/b'",
    ),
    "two files": (
        lambda path: change_statement(path, lambda said: said["predicate"]["resources"].append({})),
        "its number of signed files is 2, expected 1",
    ),
    "another statement": (
        lambda path: change_statement(path, lambda said: said.update(predicateType="x")), "predicate type is 'x'"
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", MALFORMED)
def test_a_malformed_signature(signed, signatures_wanted, form):
    write, message = MALFORMED[form]
    write(signed)
    refused(signed, SignatureError, f"the signature .*{message}")


def test_whatever_stands_in_a_signature_ends_in_one_error_or_in_the_key(signed, key, golden_bytes):
    keys = [PublicKey.from_file(key.public)]
    bundle = json.loads(sidecar(signed).read_text())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    for part in places(bundle):
        for value in STRANGE:
            written = json.dumps(with_value(bundle, part, value)).encode()
            with contextlib.suppress(SignatureError):  # what does not matter may be anything
                assert signer(golden_bytes, written, keys) == keys[0]
    for part in places(statement):
        payload = base64.b64encode(json.dumps(with_value(statement, part, 5)).encode()).decode()
        written = json.dumps(with_value(bundle, ("dsseEnvelope", "payload"), payload)).encode()
        with pytest.raises(SignatureError):
            signer(golden_bytes, written, keys)


STRANGE = (None, 5, "x", [], {})


def places(value, at=()):
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, part in inner for place in places(part, (*at, name)))]


def with_value(value, place, new):
    """A copy of a JSON value with another part at `place`."""
    if not place:
        return new
    value = copy.copy(value)
    value[place[0]] = with_value(value[place[0]], place[1:], new)
    return value


def test_something_else_in_the_signatures_place(signed, signatures_wanted):
    sidecar(signed).unlink()
    sidecar(signed).mkdir()
    refused(signed, SignatureError, "signature .*cannot be read: ")


def test_optional_signatures_may_be_missing_but_not_wrong(signed, policy, key, golden_bytes, stranger):
    policy(f"keys = ['{key.public}']\nsignature = 'optional'\n")
    assert gs.load(signed).manifest.name == "golden"
    sidecar(signed).write_bytes(sign(golden_bytes, signed.name, stranger.private))
    refused(signed, SignatureError, "not trusted")
    sidecar(signed).unlink()
    assert gs.load(signed).manifest.name == "golden"


# --- figures and schema -------------------------------------------------------------------------


@pytest.fixture
def judged(tmp_path, with_manifest, manifest_dict):
    """A surrogate whose manifest has a figure."""
    path = tmp_path / "judged.onnx"
    path.write_bytes(with_manifest({**manifest_dict, "fidelity": {"panel_auc": {"value": 0.7, "floor": 0.5}}}))
    return path


def test_a_gate_that_is_kept_and_one_that_is_missed(judged, policy):
    policy("require = ['panel_auc<=0.8']\n")
    assert gs.load(judged).manifest.name == "golden"
    policy("require = ['panel_auc<=0.8', 'panel_auc<=0.6']\n")
    refused(judged, PolicyError, r"policy .* wants panel_auc<=0\.6, and the file says 0\.7: .*not good enough")
    refused(judged, PolicyError, "not good enough", verify=False)


def test_a_gate_on_a_figure_that_is_absent(judged, signed, policy):
    policy("require = ['spectral_auc<=0.6']\n")
    refused(judged, PolicyError, r"has no figure spectral_auc \(it has: panel_auc\)")
    refused(signed, PolicyError, r"has no figure spectral_auc \(it has: none\)")


def test_an_older_schema(golden_path, policy):
    older = golden_path.with_name("golden-0.1.0.onnx")
    policy("schema = 1\n")
    assert gs.load(older).manifest.schema == 1
    policy("schema = 2\n")
    assert gs.load(golden_path).manifest.schema == 2
    refused(older, PolicyError, "wants schema 2 or newer, the file follows 1: gansurrogate upgrade")


# --- everything that loads ----------------------------------------------------------------------


def test_without_room_for_a_copy_no_signature_is_believed(signed, policy, key, tmp_path, monkeypatch):
    policy(f"keys = ['{key.public}']")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    refused(signed, SignatureError, "the signature cannot be checked: .*absent.*; TMPDIR names a folder with room")


def test_a_pickle_carries_its_signature_to_machines_with_the_same_policy(signed, signatures_wanted, golden):
    kept = pickle.dumps(gs.load(signed))
    signed.unlink()
    sidecar(signed).unlink()
    assert pickle.loads(kept).manifest == golden.manifest


def test_a_pickle_obeys_the_policy_of_the_day_in_a_process_that_opened_it_before(signed, policy, key):
    policy(f"keys = ['{key.public}']")
    kept = pickle.dumps(gs.load(signed))
    sessions = [pickle.loads(kept)._session for _ in range(2)]
    assert sessions[0] is sessions[1]
    policy(f"keys = ['{key.public}']\nrevoked = ['{key.fingerprint}']")
    with pytest.raises(SignatureError, match="which was revoked"):
        pickle.loads(kept)
    policy("require = ['panel_auc<=0.6']")
    with pytest.raises(PolicyError, match="has no figure panel_auc"):
        pickle.loads(kept)


def test_a_pickle_from_a_machine_without_policy_is_refused_under_one(golden_bytes, signatures_wanted, monkeypatch):
    monkeypatch.delenv("GANSURROGATE_POLICY")
    kept = pickle.dumps(gs.load(golden_bytes, device="cpu", threads=3))
    assert pickle.loads(kept).manifest.name == "golden"  # and what this process keeps of it is no way in
    monkeypatch.setenv("GANSURROGATE_POLICY", str(signatures_wanted))
    with pytest.raises(SignatureError, match="bytes have none beside them"):
        pickle.loads(kept)


def test_what_a_program_makes_itself_is_tried_before_anybody_signs_it(golden_bytes, signatures_wanted):
    assert load_own(golden_bytes).self_test() < 1


@pytest.mark.parametrize("name", ["fmu", "mlserver", "triton", "web"])
def test_exporters_obey(signed, signatures_wanted, tmp_path, name):
    exporter = pytest.importorskip(f"gansurrogate_{name}")
    sidecar(signed).unlink()
    with pytest.raises(SignatureError, match=r"wants a signature, and there is no file .*signed\.onnx\.sig"):
        exporter.export(signed, tmp_path / "exported")


def test_the_exporter_of_reduced_precision_obeys(signed, signatures_wanted, tmp_path):
    pytest.importorskip("torch")
    exporter = pytest.importorskip("gansurrogate_onnx.reduced")
    sidecar(signed).unlink()
    with pytest.raises(SignatureError, match="wants a signature"):
        exporter.export_reduced(signed, tmp_path / "half.onnx", precision="float16")


def test_the_network_alone_obeys(signed, signatures_wanted):
    network = pytest.importorskip("gansurrogate.fidelity.network")
    sidecar(signed).unlink()
    with pytest.raises(SignatureError, match="there is no file"):
        network.Network(signed)


# --- the file is swapped between check and use --------------------------------------------------

SWAP = """
import os, shutil, sys
signed, other, when = sys.argv[1:]
opened = []
def swap(event, arguments):
    if event != "open" or not isinstance(arguments[0], (str, os.PathLike)):
        return
    name = os.fspath(arguments[0])
    opened.append(name)
    moments = {"before the check": name == signed + ".sig", "during the check": os.path.basename(name) == "signature"}
    if moments[when] and os.path.exists(other):
        os.replace(other, signed)
sys.addaudithook(swap)
import gansurrogate as gs
surrogate = gs.load(signed)
assert not os.path.exists(other), "nothing was swapped"
assert opened.count(signed) == 1, opened
surrogate.self_test()
print(surrogate.manifest.name, surrogate.sample(3, conditions={"energy": 100, "kind": "b"}, rng=1).tobytes().hex())
"""


@pytest.mark.parametrize("when", ["before the check", "during the check"])
def test_what_was_checked_is_what_runs(signed, signatures_wanted, text_path, golden, tmp_path, run_python, when):
    other = tmp_path / "other.onnx"
    other.write_bytes(text_path.read_bytes())
    done = run_python(SWAP, signed, other, when, GANSURROGATE_POLICY=str(signatures_wanted))
    drawn = golden.sample(3, conditions={"energy": 100, "kind": "b"}, rng=1)
    assert done.stdout.split() == ["golden", drawn.tobytes().hex()]
    assert signed.read_bytes() == text_path.read_bytes()  # what a second read would have run


def test_a_bad_file_that_a_good_one_replaces_during_the_check_is_refused(
    signed, signatures_wanted, text_path, golden_bytes, tmp_path, run_python
):
    good = tmp_path / "good.onnx"
    good.write_bytes(golden_bytes)
    signed.write_bytes(text_path.read_bytes())
    done = run_python(SWAP, signed, good, "before the check", check=False, GANSURROGATE_POLICY=str(signatures_wanted))
    assert "SignatureError" in done.stderr
    assert "the signature is of another file" in done.stderr
    assert signed.read_bytes() == golden_bytes
