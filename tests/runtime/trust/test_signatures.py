"""Signatures are those of model-signing: its own command takes ours, and we take its. No network is asked."""

import subprocess
import sys

import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.trust.keys import PublicKey
from gansurrogate.trust.signature import sign, signer


def model_signing(*arguments):
    command = [sys.executable, "-m", "model_signing", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


def test_model_signings_own_command_verifies_our_signature_under_any_name(signed, key, stranger, tmp_path):
    renamed = signed.rename(tmp_path / "renamed.onnx")
    verify = "verify", "key", renamed, "--signature", f"{signed}.sig", "--public_key"
    assert model_signing(*verify, key.public).returncode == 0
    assert model_signing(*verify, stranger.public).returncode != 0


def test_we_verify_the_signature_of_model_signings_own_command(golden_path, key, tmp_path, signatures_wanted):
    path = tmp_path / "theirs.onnx"
    path.write_bytes(golden_path.read_bytes())
    done = model_signing("sign", "key", path, "--signature", f"{path}.sig", "--private_key", key.private)
    assert done.returncode == 0, done.stderr
    assert gs.load(path).manifest.name == "golden"


@pytest.mark.parametrize("curve", ["SECP384R1", "SECP521R1"])
def test_other_curves_sign_and_verify(golden_bytes, make_key, curve):
    from cryptography.hazmat.primitives.asymmetric import ec

    pair = make_key("other", ec.generate_private_key(getattr(ec, curve)()))
    signature = sign(golden_bytes, "a.onnx", pair.private)
    assert signer(golden_bytes, signature, [PublicKey.from_file(pair.public)]).fingerprint == pair.fingerprint


def test_a_key_that_is_encrypted_signs_with_its_password_only(golden_bytes, make_key):
    pair = make_key("hidden", password=b"open sesame")
    sign(golden_bytes, "a.onnx", pair.private, "open sesame")
    for wrong in (None, "close sesame"):
        with pytest.raises(
            ArgumentError, match=r"private\.pem cannot sign: .*; give a private key .* and its password"
        ):
            sign(golden_bytes, "a.onnx", pair.private, wrong)


def test_keys_of_other_kinds_are_refused(golden_bytes, make_key, key, tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    for kind in (ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256K1())):
        pair = make_key("odd", kind)
        with pytest.raises(ArgumentError, match="expected an elliptic curve out of secp256r1"):
            PublicKey.from_file(pair.public)
        with pytest.raises(ArgumentError, match="cannot sign"):
            sign(golden_bytes, "a.onnx", pair.private)
    with pytest.raises(ArgumentError, match="is not a public key in PEM"):
        PublicKey.from_file(key.private)
    (tmp_path / "two.pem").write_bytes(2 * key.public.read_bytes())
    with pytest.raises(ArgumentError, match="holds 2 PEM blocks"):
        PublicKey.from_file(tmp_path / "two.pem")
    with pytest.raises(ArgumentError, match="cannot be read: No such file"):
        PublicKey.from_file(tmp_path / "none.pem")


def test_a_fingerprint_is_the_sha256_of_the_key_as_pem(key):
    import hashlib

    assert key.fingerprint == hashlib.sha256(key.public.read_bytes()).hexdigest()


WITHOUT = """
import sys
sys.modules["model_signing"] = sys.modules["cryptography"] = None
import gansurrogate as gs
from gansurrogate.errors import MissingPackageError
for call in (lambda: gs.load(sys.argv[1]), lambda: gs.trust.signature.sign(b"", "a.onnx", sys.argv[2])):
    try:
        call()
    except MissingPackageError as error:
        assert "pip install 'gansurrogate[sign]'" in str(error), error
    else:
        raise SystemExit("was not refused")
"""
ALONE = """
import sys
def forbid(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(forbid)
from pathlib import Path
import gansurrogate as gs
from gansurrogate.trust.signature import sign
path = Path(sys.argv[1])
Path(f"{path}.sig").write_bytes(sign(path.read_bytes(), "signed.onnx", sys.argv[2]))
gs.load(sys.argv[1])
try:
    import socket
    socket.socket()
except RuntimeError:
    print("no network")
"""


def test_without_the_extra_nothing_is_loaded_and_the_line_that_installs_it_is_told(
    signed, key, signatures_wanted, run_python
):
    run_python(WITHOUT, signed, key.private, GANSURROGATE_POLICY=str(signatures_wanted))


def test_signing_and_loading_open_no_socket_print_nothing_and_leave_nothing(
    signed, key, signatures_wanted, run_python, tmp_path
):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = run_python(ALONE, signed, key.private, GANSURROGATE_POLICY=str(signatures_wanted), TMPDIR=str(temporary))
    assert (done.stdout, done.stderr) == ("no network\n", "")
    assert not [*temporary.iterdir(), *(tmp_path / "home").iterdir()]
