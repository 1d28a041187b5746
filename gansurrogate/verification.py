"""Is it the right file? Where a surrogate comes from, what it promises, and whether this machine keeps the promise."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from gansurrogate import places
from gansurrogate.doctor.finding import Finding, guarded, said
from gansurrogate.doctor.model import placed, tested
from gansurrogate.errors import (
    ArgumentError,
    PolicyError,
    SignatureError,
    SurrogateError,
    SurrogateFileError,
    WheelError,
)
from gansurrogate.manifest import Manifest
from gansurrogate.requirements import Requirement
from gansurrogate.session import installed_wheels
from gansurrogate.surrogate import load_own
from gansurrogate.surrogate_file import Source, errors_name, read
from gansurrogate.trust import obeying, policy
from gansurrogate.trust.bundle import Bundle
from gansurrogate.trust.keys import PublicKey
from gansurrogate.trust.signature import beside, signer
from gansurrogate.upgrades import SCHEMA
from gansurrogate.wheels import surrogate_of_wheel

GET = "get the file and its .sig again from where they were made"


def verify(
    model: str | os.PathLike[str],
    *,
    keys: Sequence[str | os.PathLike[str]] = (),
    require: Sequence[str] = (),
    device: str = "auto",
) -> list[Finding]:
    """Check a surrogate: hash, signature, policy, gates, kernels and self-test on this machine.

    The file is read once; all findings are about what was read then.

    Parameters
    ----------
    model : path, name or URI
        The surrogate; or a wheel that carries one.
    keys : sequence of path
        Public keys, one of which has to have signed it. Without any the keys of the policy are taken.
    require : sequence of str
        Gates on the figures of the manifest, as ``"panel_auc<=0.6"``.
    device : str
        As for `gansurrogate.load`.

    Returns
    -------
    list of Finding
        The surrogate is the right one if none of them is a problem.

    Raises
    ------
    ArgumentError
        If a key or a gate cannot be read.
    FileNotFoundError, PermissionError
        If the surrogate cannot be read.
    MissingPackageError
        If there are keys, and the extra ``sign`` is not installed.
    """
    gates = [Requirement.parse(text) for text in require]
    given = [PublicKey.from_file(key) for key in keys]
    try:
        found: Source = places.find(model)
        if not isinstance(found, bytes) and os.fspath(found).endswith(".whl"):
            found, signature = surrogate_of_wheel(found)
        else:
            signature = beside(found)
        with errors_name(found):
            data, manifest = read(found)  # the only time
    except (SurrogateFileError, WheelError) as error:  # a signature that cannot be read is one of them
        return [Finding("file", said(error), "problem", GET)]
    checks = {
        "file": partial(_file, data, manifest),
        "schema": partial(_schema, manifest),
        "signature": partial(_signature, data, signature, given),
        "policy": partial(_policy, found, data, manifest, signature),
        "gates": partial(_gates, manifest, gates),
        "runs on": partial(_runs, data, manifest, device),
    }
    return [finding for what, check in checks.items() for finding in guarded(what, check)]


def _file(data: bytes, manifest: Manifest) -> Iterator[Finding]:
    value = f"{manifest.name} {manifest.version}, {len(data) / 1e6:.2f} MB, its own SHA-256 holds"
    yield Finding("file", f"{value}; SHA-256 of all of it {hashlib.sha256(data).hexdigest()}")


def _schema(manifest: Manifest) -> Iterator[Finding]:
    schema = manifest.schema
    if schema < SCHEMA:
        yield Finding("schema", f"{schema}; {SCHEMA} is the newest", "warning", "gansurrogate upgrade")
    else:
        yield Finding("schema", f"{schema}, the newest")


def _signature(data: bytes, signature: bytes | None, given: Sequence[PublicKey]) -> Iterator[Finding]:
    policies = _policies()
    keys = given or [key for each in policies for key in each.keys]
    revoked = {fingerprint for each in policies for fingerprint in each.revoked}
    if signature is None:
        fix = "ask for the .sig file of the surrogate, or sign it: gansurrogate sign"
        yield Finding("signature", "there is none", "problem" if given else "warning", fix)
        return
    try:
        if keys:
            key = signer(data, signature, keys, revoked)
            yield Finding("signature", f"by the key {key.fingerprint} ({key.name})")
        else:
            claimed = Bundle.parse(signature).fingerprint
            value = f"says it is by the key {claimed}; not checked, since no key was given"
            yield Finding("signature", value, "warning", "give the public key: --key PUBLIC.pem")
    except SignatureError as error:
        yield Finding("signature", said(error), "problem", GET)


def _policies() -> list[policy.Policy]:
    """Those in force; that one is broken is said by the finding about policies."""
    try:
        return policy.in_force()
    except PolicyError:
        return []


def _policy(place: object, data: bytes, manifest: Manifest, signature: bytes | None) -> Iterator[Finding]:
    try:
        policies = policy.in_force()
    except PolicyError as error:
        yield Finding("policy", str(error), "problem", "repair the policy; until then nothing is loaded")
        return
    if not policies:
        yield Finding("policy", "none on this machine")
    for each in policies:
        try:
            obeying.check(each, place, data, manifest, signature)
            yield Finding("policy", f"{each.path} is met: {each.describe()}")
        except (PolicyError, SignatureError) as error:
            yield Finding("policy", said(error), "problem", "ask whoever wrote the policy, or take another surrogate")


def _gates(manifest: Manifest, gates: Sequence[Requirement]) -> Iterator[Finding]:
    figures: Mapping[str, float] = {name: figure["value"] for name, figure in manifest.fidelity.items()}
    for gate in gates:
        try:
            kept = gate.holds(figures)
        except ArgumentError as error:
            yield Finding("gate", f"{gate}: {error}", "problem", "gansurrogate evaluate measures figures")
            continue
        value = f"{gate}: the file says {figures[gate.name]:g}"
        yield Finding("gate", value) if kept else Finding("gate", value, "problem", "take a better surrogate")


def _runs(data: bytes, manifest: Manifest, device: str) -> Iterator[Finding]:
    """Every node has a kernel if the session opens; which of them the CPU has to run; and what comes out."""
    wheels = " and ".join(f"{name} {version}" for name, version in installed_wheels().items()) or "onnxruntime"
    opset = f"opset {manifest.export.get('opset', '?')} by the manifest"
    try:
        surrogate = load_own(data, device=device)
    except SurrogateError as error:
        fix = "gansurrogate doctor tells more; a newer onnxruntime has more kernels"
        yield Finding("kernels", f"{opset}: {said(error)}", "problem", fix)
        return
    yield Finding("kernels", f"{opset}: {wheels} has one for every node")
    yield placed(surrogate)
    yield tested(surrogate)
