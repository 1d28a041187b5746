"""Signatures of surrogates by OpenSSF model-signing, with keys: they are made and checked without network."""

import hashlib
import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from gansurrogate.errors import ArgumentError, SignatureError
from gansurrogate.optional import package
from gansurrogate.plain import listed, printable
from gansurrogate.trust.bundle import MOST_BYTES, SUFFIX, Bundle
from gansurrogate.trust.keys import PublicKey
from gansurrogate.trust.small import read_small

EXTRA = "sign"


def sign(data: bytes, name: str, private_key: str | os.PathLike[str], password: str | None = None) -> bytes:
    """The signature of `data`, which says that its file was called `name`.

    Parameters
    ----------
    private_key : path
        PEM, on the curve P-256, P-384 or P-521.

    Raises
    ------
    ArgumentError
        If the key cannot be used.
    MissingPackageError
        If the extra ``sign`` is not installed.
    """
    signing = package("model_signing.signing", EXTRA)
    secret = None if password is None else password.encode()
    with tempfile.TemporaryDirectory(prefix="gansurrogate-") as folder:  # what was read is signed
        copy, signature = Path(folder) / "model" / name, Path(folder) / "signature"
        copy.parent.mkdir()
        copy.write_bytes(data)
        try:
            config = signing.Config().use_elliptic_key_signer(private_key=private_key, password=secret)
        except Exception as error:  # cryptography raises whatever its parts do
            cause = _cause(error)
            msg = (
                f"{private_key} cannot sign: {cause}; give a private key (PEM; P-256, P-384 or P-521) and its password"
            )
            raise ArgumentError(msg) from error
        config.sign(copy, signature)
        return signature.read_bytes()


def signer(data: bytes, signature: bytes, keys: Sequence[PublicKey], revoked: Collection[str] = ()) -> PublicKey:
    """Which of `keys` signed `data`.

    Parameters
    ----------
    revoked : fingerprints
        Of keys that are not believed any more, even if they are among `keys`.

    Raises
    ------
    SignatureError
        If none of them did.
    MissingPackageError
        If the extra ``sign`` is not installed.
    """
    bundle = Bundle.parse(signature)
    if bundle.fingerprint in revoked:
        msg = f"the signature is by the key {bundle.fingerprint}, which was revoked; get a file that is signed anew"
        raise SignatureError(msg)
    key = next((key for key in keys if key.fingerprint == bundle.fingerprint), None)
    if key is None:
        trusted = listed([f"{key.fingerprint[:12]}... ({key.name})" for key in keys])
        msg = f"the signature is by the key {bundle.fingerprint}, which is not trusted; trusted are {trusted}"
        raise SignatureError(msg)
    digest = hashlib.sha256(data).hexdigest()
    if digest != bundle.digest:
        msg = (
            f"the signature is of another file: of SHA-256 {bundle.digest[:12]}..., this one has {digest[:12]}...:"
            " the file was changed after it was signed, or the two do not belong together"
        )
        raise SignatureError(msg)
    _check(data, bundle, key)
    return key


def beside(place: object) -> bytes | None:
    """The signature beside a surrogate file, or None if there is none.

    Raises
    ------
    SignatureError
        If it is there and cannot be read.
    """
    if not isinstance(place, str | os.PathLike):
        return None
    path = Path(f"{os.fspath(place)}{SUFFIX}")
    try:
        return read_small(path, MOST_BYTES)[0]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        msg = f"the signature {path} cannot be read: {error.strerror or error}"
        raise SignatureError(msg) from error


def _cause(error: Exception) -> str:
    """Why a private key cannot be used: an attribute that is missed is that of a key of another kind."""
    if isinstance(error, AttributeError):
        return "it is no key on an elliptic curve"
    return printable(getattr(error, "strerror", None) or str(error)).rstrip(".")


def _check(data: bytes, bundle: Bundle, key: PublicKey) -> None:
    """model-signing's own check, over a private copy of what will be used."""
    verifying = package("model_signing.verifying", EXTRA)
    parts = {"model": data, "signature": bundle.content, "key": key.pem}
    try:
        with tempfile.TemporaryDirectory(prefix="gansurrogate-") as folder:
            model, signature, public_key = (Path(folder) / name for name in parts)
            for name, content in parts.items():
                (Path(folder) / name).write_bytes(content)
            _verify(verifying, model, signature, public_key, key)
    except OSError as error:  # a full disk, or a container that is read only
        msg = f"the signature cannot be checked: {error}; TMPDIR names a folder with room for a copy of the file"
        raise SignatureError(msg) from error


def _verify(verifying: Any, model: Path, signature: Path, public_key: Path, key: PublicKey) -> None:
    try:
        verifying.Config().use_elliptic_key_verifier(public_key=public_key).verify(model, signature)
    except Exception as error:  # of cryptography, pydantic or its own
        cause = printable(str(error)) or type(error).__name__
        msg = f"the signature is wrong: it was not made with the key {key.fingerprint} ({cause})"
        raise SignatureError(msg) from error
