"""Tests meet the same environment everywhere: build services set variables that colour or wrap what commands print."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

for _name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
    os.environ.pop(_name, None)
# Nor a developer's own surrogates and policy.
for _name in ("GANSURROGATE_CACHE", "GANSURROGATE_OFFLINE", "GANSURROGATE_PATH", "GANSURROGATE_POLICY"):
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def write_keys() -> Callable[..., tuple[Path, Path]]:
    """``write_keys(folder)``: a fresh pair, ``private.pem`` and ``public.pem``, or that of a private `key`."""
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def write(folder: Path, key: Any = None, password: bytes | None = None) -> tuple[Path, Path]:
        key = key or ec.generate_private_key(ec.SECP256R1())
        hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        private, public = folder / "private.pem", folder / "public.pem"
        private.write_bytes(key.private_bytes(pem, pkcs8, hidden))
        public.write_bytes(key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
        return private, public

    return write
