"""What the server takes for its model: what `gs.load` takes on this machine, and nothing else."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gansurrogate_mlserver import export

LOAD = """
import asyncio, sys
from gansurrogate_mlserver import SurrogateRuntime
from mlserver.repository.load import load_model_settings
for folder in sys.argv[1:]:
    runtime = SurrogateRuntime(load_model_settings(f"{folder}/model-settings.json"))
    try:
        print(asyncio.run(runtime.load()))
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private key, and a policy that trusts it."""
    pytest.importorskip("model_signing.signing", reason="needs gansurrogate[sign]", exc_type=ImportError)
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    pem, hidden = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path / "private.pem"
    path.write_bytes(private.private_bytes(pem, serialization.PrivateFormat.PKCS8, hidden))
    public = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    (tmp_path / "policy.toml").write_text('keys = ["public.pem"]\n')
    return path


def test_a_server_obeys_the_policy_and_refuses_a_damaged_file(file, key: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("mlserver") is None:
        pytest.skip("needs mlserver: make hosts")
    from gansurrogate.trust.signature import sign

    model = tmp_path / "model.onnx"
    model.write_bytes(file("golden").read_bytes())
    export(model, tmp_path / "unsigned")
    (tmp_path / "model.onnx.sig").write_bytes(sign(model.read_bytes(), model.name, key))
    for name in ("signed", "damaged"):
        export(model, tmp_path / name)
    damaged = bytearray(model.read_bytes())
    damaged[-100] ^= 1
    (tmp_path / "damaged" / "surrogate.onnx").write_bytes(damaged)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *(tmp_path / name for name in ("signed", "unsigned", "damaged"))],
        env={**os.environ, "GANSURROGATE_POLICY": str(tmp_path / "policy.toml")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["True", "SignatureError", "IntegrityError"]
