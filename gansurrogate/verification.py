"""Is it the right file? Where a surrogate comes from, what it promises, and whether this machine keeps the promise."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from gansurrogate import places
from gansurrogate.doctor.finding import Finding, guarded, said
from gansurrogate.doctor.model import fix_of, placed, tested
from gansurrogate.errors import (
    ArgumentError,
    MissingPackageError,
    PolicyError,
    SignatureError,
    SurrogateError,
    SurrogateFileError,
)
from gansurrogate.manifest import Manifest
from gansurrogate.packages.wheels import surrogate_of_wheel
from gansurrogate.requirements import Requirement
from gansurrogate.session import installed_wheels
from gansurrogate.surrogate import load_own
from gansurrogate.surrogate_file import Source, errors_name, read
from gansurrogate.trust import obeying, policy
from gansurrogate.trust.bundle import Bundle
from gansurrogate.trust.keys import PublicKey
from gansurrogate.trust.signature import beside, signer
from gansurrogate.upgrades import SCHEMA


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
    except SurrogateFileError as error:  # what is said of wheels and of signatures that cannot be read is one
        return [Finding("file", said(error), "problem", fix_of(error))]
    try:
        policies, broken = policy.in_force(), ""
    except (PolicyError, MissingPackageError) as error:
        policies, broken = [], str(error)
    findings = [_file(data, manifest), _schema(manifest), _signature(data, signature, given, policies)]
    if broken:
        findings.append(Finding("policy", broken, "problem", "repair what this names; until then nothing is loaded"))
    else:
        findings += _obeyed(policies, found, data, manifest, signature)
    if any(finding.level == "problem" for finding in findings):
        untried = Finding("runs on", "not tried: who made it is not known, or it is not wanted here", "warning")
        return [*findings, *_gates(manifest, gates), untried]
    return [*findings, *_gates(manifest, gates), *guarded("runs on", partial(_runs, data, manifest, device))]


def _file(data: bytes, manifest: Manifest) -> Finding:
    value = f"{manifest.name} {manifest.version}, {len(data) / 1e6:.2f} MB, its own SHA-256 holds"
    return Finding("file", f"{value}; SHA-256 of all of it {hashlib.sha256(data).hexdigest()}")


def _schema(manifest: Manifest) -> Finding:
    if manifest.schema == SCHEMA:
        return Finding("schema", f"{SCHEMA}, the newest")
    return Finding("schema", f"{manifest.schema}; {SCHEMA} is the newest", "warning", "gansurrogate upgrade")


def _signature(
    data: bytes, signature: bytes | None, given: Sequence[PublicKey], policies: Sequence[policy.Policy]
) -> Finding:
    keys = given or [key for each in policies for key in each.keys]
    revoked = {fingerprint for each in policies for fingerprint in each.revoked}
    if signature is None:
        fix = "ask for the .sig file of the surrogate, or sign it: gansurrogate sign"
        return Finding("signature", "there is none", "problem" if given else "warning", fix)
    try:
        if keys:
            key = signer(data, signature, keys, revoked)
            return Finding("signature", f"by the key {key.fingerprint} ({key.name})")
        value = f"says it is by the key {Bundle.parse(signature).fingerprint}; not checked, since no key was given"
        return Finding("signature", value, "warning", "give the public key: --key PUBLIC.pem")
    except SignatureError as error:
        return Finding("signature", said(error), "problem", fix_of(error))


def _obeyed(
    policies: Sequence[policy.Policy], place: object, data: bytes, manifest: Manifest, signature: bytes | None
) -> Iterator[Finding]:
    if not policies:
        yield Finding("policy", "none is in force")
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
        yield Finding("kernels", f"{opset}: {said(error)}", "problem", "gansurrogate doctor tells more of this machine")
        return
    yield Finding("kernels", f"{opset}: {wheels} has one for every node")
    yield placed(surrogate)
    yield tested(surrogate)
