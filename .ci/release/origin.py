"""Where the files of a release come from: an in-toto statement with SLSA provenance, and a bill of materials.

Statement: https://github.com/in-toto/attestation, version 1. Provenance: https://slsa.dev/spec/v1.0/provenance.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from release.artefacts import digest
from release.errors import ReleaseError

STATEMENT, PREDICATE = "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"
PAYLOAD = "application/vnd.in-toto+json"
BUILD_TYPE, BUILDER = "urn:gansurrogate:release:1", "urn:gansurrogate:release-script"
TOOLS = ("build", "hatchling")  # what decides about the bytes


def statement(paths: Sequence[Path], version: str, commit: str, epoch: int) -> dict[str, Any]:
    """The statement that `paths` were built from `commit`. It names no machine, person or folder.

    Parameters
    ----------
    paths : sequence of Path
        The files that it is about.
    version : str
    commit : str
        Its hash.
    epoch : int
        ``SOURCE_DATE_EPOCH`` of the builds [s].
    """
    python = ".".join(str(part) for part in sys.version_info[:3])
    materials = [
        {"name": "source", "digest": {"gitCommit": commit}},
        {"name": "python", "uri": f"pkg:generic/python@{python}"},
        *({"name": name, "uri": f"pkg:pypi/{name}@{version_of(name)}"} for name in TOOLS),
    ]
    definition = {
        "buildType": BUILD_TYPE,
        "externalParameters": {"version": version, "SOURCE_DATE_EPOCH": epoch},
        "resolvedDependencies": materials,
    }
    return {
        "_type": STATEMENT,
        "subject": [{"name": path.name, "digest": {"sha256": digest(path)}} for path in paths],
        "predicateType": PREDICATE,
        "predicate": {"buildDefinition": definition, "runDetails": {"builder": {"id": BUILDER}}},
    }


def signed(content: dict[str, Any], key: Path) -> dict[str, Any]:
    """An envelope (DSSE) of a statement, signed with the private key in the PEM file `key`."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(dumped(content).encode(), PAYLOAD, {})
    envelope.sign(signer(key))
    found: dict[str, Any] = envelope.to_dict()
    return found


def signer(key: Path) -> Any:
    """What signs with the private key in the PEM file `key`.

    Raises
    ------
    ReleaseError
        If it cannot be used.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # taken up there without `as`

    try:
        return CryptoSigner(load_pem_private_key(key.read_bytes(), password=None))
    except (OSError, TypeError, ValueError) as error:  # the latter two of cryptography
        msg = f"{key} cannot sign: {error}; give a private key in PEM without a password"
        raise ReleaseError(msg) from error


def dumped(content: dict[str, Any]) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(content, sort_keys=True, indent=2) + "\n"


def bill_of_materials(python: Path, project: Path) -> dict[str, Any]:
    """What is installed beside `python`, in the form of CycloneDX, without dates and paths.

    Parameters
    ----------
    python : Path
        Of the environment.
    project : Path
        The pyproject.toml of the distribution that it is about.

    Raises
    ------
    ReleaseError
        If it cannot be told, or a package there was installed from a file of this machine.
    """
    form = ["--output-reproducible", "--of", "JSON", "--output-file", "-"]
    about = ["--pyproject", str(project), "--mc-type", "library"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *form, *about, str(python)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"cyclonedx-py failed:\n{done.stderr}"
        raise ReleaseError(msg)
    if "file://" in done.stdout:
        msg = "the bill of materials names files of this machine: install from an index or with --find-links"
        raise ReleaseError(msg)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def clean_environment(folder: Path, wheels: Path, requirement: str, constraints: Path) -> Path:
    """An environment with nothing but `requirement` and what it needs, for which wheels of `wheels` come first.

    Returns
    -------
    Path
        Its Python.

    Raises
    ------
    ReleaseError
        If pip cannot install it.
    """
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--find-links", str(wheels), "--constraint", str(constraints), requirement]
    for arguments in (install, ["uninstall", "--quiet", "--yes", "setuptools", "pip"]):
        done = subprocess.run([python, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            msg = f"pip {arguments[0]} failed:\n{done.stderr}"
            raise ReleaseError(msg)
    return python
