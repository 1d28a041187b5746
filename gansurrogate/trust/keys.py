"""Public keys: on an elliptic curve, as PEM, known by their fingerprint."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gansurrogate.errors import ArgumentError
from gansurrogate.optional import package
from gansurrogate.trust.small import read_small

CURVES = ("secp256r1", "secp384r1", "secp521r1")  # P-256, P-384, P-521: those of model-signing
BEGIN = b"-----BEGIN"
MOST_BYTES = 2**14


@dataclass(frozen=True)
class PublicKey:
    """Who may have signed.

    Attributes
    ----------
    name : str
        Where it stands, for people.
    pem : bytes
        SubjectPublicKeyInfo as PEM.
    fingerprint : str
        SHA-256 of `pem`, as 64 hexadecimal digits: what ``openssl pkey -pubin -in KEY | sha256sum`` prints, and how a
        signature by model-signing names its key.
    """

    name: str
    pem: bytes
    fingerprint: str

    @classmethod
    def from_pem(cls, text: bytes, name: str) -> "PublicKey":
        """Read a key.

        Raises
        ------
        ArgumentError
            If `text` is not one public key on one of `CURVES`.
        MissingPackageError
            If the extra ``sign`` is not installed.
        """
        serialization = package("cryptography.hazmat.primitives.serialization", "sign")
        if text.count(BEGIN) != 1:
            msg = f"{name} holds {text.count(BEGIN)} PEM blocks; expected one public key (-----BEGIN PUBLIC KEY-----)"
            raise ArgumentError(msg)
        try:
            key = serialization.load_pem_public_key(text)
        except Exception as error:  # cryptography raises whatever its parts do
            msg = f"{name} is not a public key in PEM: openssl pkey -in PRIVATE.pem -pubout makes one of a private key"
            raise ArgumentError(msg) from error
        curve = getattr(getattr(key, "curve", None), "name", type(key).__name__)
        if curve not in CURVES:
            msg = f"{name} is a key of kind {curve}; expected an elliptic curve out of {', '.join(CURVES)}"
            raise ArgumentError(msg)
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        pem: bytes = key.public_bytes(serialization.Encoding.PEM, spki)
        return cls(name, pem, hashlib.sha256(pem).hexdigest())

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "PublicKey":
        """Read a key file; see `from_pem` for the errors.

        Raises
        ------
        ArgumentError
            Also if the file cannot be read.
        """
        try:
            text, _ = read_small(Path(path), MOST_BYTES)
        except OSError as error:
            msg = f"the public key {path} cannot be read: {error.strerror or error}"
            raise ArgumentError(msg) from error
        return cls.from_pem(text, os.fspath(path))
