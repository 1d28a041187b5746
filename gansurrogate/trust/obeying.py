"""The door that every surrogate comes through: the policy against the very bytes that will run."""

import os

from gansurrogate.errors import ArgumentTypeError, PolicyError, SignatureError
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate_file import Source, errors_name, read
from gansurrogate.trust.bundle import SUFFIX
from gansurrogate.trust.policy import Policy, in_force
from gansurrogate.trust.signature import beside, signer


def admit(
    source: Source, *, verify: bool = True, signature: bytes | None = None
) -> tuple[bytes, Manifest, bytes | None]:
    """Read a surrogate file, if the policies of this machine allow it: what `load` and exporters begin with.

    Parameters
    ----------
    source : path or bytes
        The surrogate file, or its content. It is read once.
    verify : bool
        Check the file's SHA-256.
    signature : bytes, optional
        What to believe instead of the file beside `source`.

    Returns
    -------
    tuple of bytes, Manifest, and bytes or None
        The file's content, which has to be used from here on; its manifest; the signature, if it was looked for and is
        there.

    Raises
    ------
    FileNotFoundError, PermissionError
        If the file cannot be read.
    SurrogateFileError
        If it is not a sound surrogate.
    PolicyError
        If the surrogate misses a gate or follows an older schema; if the policy itself cannot be used.
    SignatureError
        If the signature is missing or not to be believed.
    MissingPackageError
        If signatures are wanted, and the extra ``sign`` is not installed.
    ArgumentTypeError
        If `signature` is anything else.
    """
    with errors_name(source):
        data, manifest = read(source, verify=verify)
        if not isinstance(signature, bytes | None):
            msg = f"signature is the content of a .sig file, as bytes; got {type(signature).__name__}"
            raise ArgumentTypeError(msg)
        policies = in_force()
        if policies and signature is None:
            signature = beside(source)
        for policy in policies:  # nothing is read again: what was read is what has to be used
            check(policy, source, data, manifest, signature)
        return data, manifest, signature


def check(policy: Policy, place: object, data: bytes, manifest: Manifest, signature: bytes | None) -> None:
    """What `admit` asks of one policy, with its errors; who wrote the figures comes before what they say."""
    if policy.keys and signature is not None:
        signer(data, signature, policy.keys, policy.revoked)
    elif policy.keys and policy.signature == "required":
        raise SignatureError(_unsigned(policy, place))
    said = f"{place if isinstance(place, str | os.PathLike) else 'the surrogate'}: the policy {policy.path} wants"
    if manifest.schema < policy.schema:
        msg = f"{said} schema {policy.schema} or newer, the file follows {manifest.schema}: gansurrogate upgrade"
        raise PolicyError(msg)
    figures = {name: figure["value"] for name, figure in manifest.fidelity.items()}
    for gate in policy.require:
        if gate.name not in figures:
            known = ", ".join(figures) or "none"
            msg = (
                f"{said} {gate}, and the file has no figure {gate.name} (it has: {known}): `gansurrogate evaluate`"
                " writes it, where it was made or no such policy holds"
            )
            raise PolicyError(msg)
        if not gate.holds(figures):
            msg = f"{said} {gate}, and the file says {figures[gate.name]:g}: the surrogate is not good enough here"
            raise PolicyError(msg)


def _unsigned(policy: Policy, place: object) -> str:
    wanted = f"the policy {policy.path} wants a signature"
    if isinstance(place, str | os.PathLike):
        return f"{wanted}, and there is no file {place}{SUFFIX}: get it from where the surrogate came from"
    return f"{wanted}, and bytes have none beside them: load a file with its .sig, or give signature="
