"""Keys made for these tests, a surrogate that is signed, and policies that name the keys."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gansurrogate.trust import policy as policies
from gansurrogate.trust.signature import sign


class KeyPair(NamedTuple):
    private: Path
    public: Path
    fingerprint: str


@pytest.fixture(autouse=True)
def _no_policy_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(policies, "SITE", tmp_path / "etc" / "policy.toml")


@pytest.fixture(scope="session")
def make_key(write_keys: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., KeyPair]:
    """A fresh pair of keys, as PEM files; of another curve, or encrypted, if wanted."""
    pytest.importorskip("model_signing")
    from gansurrogate.trust.keys import PublicKey

    def make(name: str, key: Any = None, password: bytes | None = None) -> KeyPair:
        private, public = write_keys(tmp_path_factory.mktemp(name), key, password)
        public = public.rename(public.with_name(f"{name}.pem"))
        try:
            return KeyPair(private, public, PublicKey.from_file(public).fingerprint)
        except ValueError:  # of a kind that is not taken
            return KeyPair(private, public, "")

    return make


@pytest.fixture(scope="session")
def key(make_key: Callable[..., KeyPair]) -> KeyPair:
    """Of whom the policies trust."""
    return make_key("group")


@pytest.fixture(scope="session")
def stranger(make_key: Callable[..., KeyPair]) -> KeyPair:
    """Of somebody else."""
    return make_key("stranger")


@pytest.fixture
def signed(tmp_path: Path, golden_bytes: bytes, key: KeyPair) -> Path:
    """The golden surrogate with its signature beside it."""
    path = tmp_path / "signed.onnx"
    path.write_bytes(golden_bytes)
    Path(f"{path}.sig").write_bytes(sign(golden_bytes, path.name, key.private))
    return path


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a policy with this text into force."""

    def enforce(text: str) -> Path:
        path = tmp_path / "policy.toml"
        path.write_text(text)
        monkeypatch.setenv(policies.VARIABLE, os.fspath(path))
        return path

    return enforce


@pytest.fixture
def signatures_wanted(policy: Callable[[str], Path], key: KeyPair) -> Path:
    """The policy that trusts `key` alone."""
    return policy(f"keys = ['{key.public}']\n")
