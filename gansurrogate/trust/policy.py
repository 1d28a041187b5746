"""The policy of a machine: who may sign surrogates, and what they have to reach. A TOML file, read strictly.

What cannot be read, understood or believed is an error, never an absent policy.
"""

import os
import shlex
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gansurrogate.errors import ArgumentError, PolicyError
from gansurrogate.plain import is_sha256
from gansurrogate.requirements import Requirement
from gansurrogate.trust.keys import BEGIN, PublicKey
from gansurrogate.trust.keys import MOST_BYTES as MOST_KEY_BYTES
from gansurrogate.trust.small import read_small

VARIABLE = "GANSURROGATE_POLICY"
SITE = Path("/etc/gansurrogate/policy.toml")
MOST_BYTES = 2**20
_SIGNATURE = ("required", "optional")


@dataclass(frozen=True)
class Policy:
    """What a surrogate has to be before it is loaded.

    Attributes
    ----------
    path : Path
    keys : tuple of PublicKey
        Whose signatures are believed; without any, signatures are not looked at.
    signature : "required" or "optional"
        Whether a surrogate without a signature is refused. One with a signature has to be signed right in both cases.
    revoked : set of str
        Fingerprints of keys that are not believed any more.
    require : tuple of Requirement
        Gates on the figures of the manifest.
    schema : int
        The least schema of the manifest.
    """

    path: Path
    keys: tuple[PublicKey, ...] = ()
    signature: Literal["required", "optional"] = "required"
    revoked: frozenset[str] = frozenset()
    require: tuple[Requirement, ...] = ()
    schema: int = 1

    def describe(self) -> str:
        """What it asks for, in words."""
        signed = {"required": "a signature by one of", "optional": "where there is a signature, one by one of"}
        wanted = [f"{signed[self.signature]} {len(self.keys)} key(s)"] if self.keys else []
        wanted += [f"schema {self.schema} or newer"] if self.schema > 1 else []
        return ", ".join([*wanted, *map(str, self.require)])


def in_force() -> list[Policy]:
    """The policies of this machine and of this process, all of which hold: the one at `SITE`, the one of `VARIABLE`.

    Raises
    ------
    PolicyError
        If one is named or there, but cannot be used.
    MissingPackageError
        If one names keys, and the extra ``sign`` is not installed.
    """
    return [read_policy(path) for path in _places()]


def read_policy(path: Path) -> Policy:
    """Read a policy file; see `in_force` for the errors."""
    try:
        table = tomllib.loads(_read(path, MOST_BYTES).decode("utf-8-sig"))  # some editors write a mark in front
    except (ValueError, RecursionError) as error:  # of the text or of TOML
        msg = f"the policy {path} is not TOML: {error}"
        raise PolicyError(msg) from error
    unknown = table.keys() - _ENTRIES.keys()
    if unknown:
        msg = f"the policy {path} has the unknown entry {min(unknown)!r}; there are {', '.join(_ENTRIES)}"
        raise PolicyError(msg)
    if not table:
        msg = f"the policy {path} says nothing; name at least one of {', '.join(_ENTRIES)}, or remove it"
        raise PolicyError(msg)
    if "keys" not in table and (idle := {"signature", "revoked"} & table.keys()):
        msg = f"the policy {path} has {min(idle)} without keys: list the public keys that are trusted"
        raise PolicyError(msg)
    return Policy(path, **{name: _ENTRIES[name](path, name, value) for name, value in table.items()})


def _places() -> list[Path]:
    places = [SITE] if _is_there(SITE) else []
    named = os.environ.get(VARIABLE)
    if named is None:
        return places
    if not Path(named).is_absolute():
        msg = (
            f"{VARIABLE} is the absolute path of a policy file, so that no working directory has a say; got {named!r}:"
            " correct it, or unset it if no policy is wanted"
        )
        raise PolicyError(msg)
    return [*places, Path(named)]


def _is_there(path: Path) -> bool:
    """Whether something lies at `path`, even if it may not be looked at."""
    if os.name != "posix":
        return False  # there the path would be one of the current drive
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _read(path: Path, most: int) -> bytes:
    """The content of a file that not everybody on this machine may write."""
    try:
        content, status = read_small(path, most)
        folders = {folder: folder.stat().st_mode for folder in (path.parent, path.resolve().parent)}
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        cause = getattr(error, "strerror", None) or error
        msg = f"{path} of the policy cannot be read: {cause}; nothing is loaded without it"
        raise PolicyError(msg) from error
    if os.name == "posix":
        open_folders = [each for each, mode in folders.items() if mode & stat.S_IWOTH and not mode & stat.S_ISVTX]
        for place in [path] * bool(status.st_mode & stat.S_IWOTH) + open_folders:
            repair = f"chmod o-w {shlex.quote(str(place))}"
            msg = f"everybody on this machine may write {place}, so that the policy proves nothing: {repair}"
            raise PolicyError(msg)
    return content


# --- the entries --------------------------------------------------------------------------------


def _texts(path: Path, name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
        msg = f"the policy {path}: {name} is a list of texts, at least one; got {value!r}"
        raise PolicyError(msg)
    return value


def _keys(path: Path, name: str, value: Any) -> tuple[PublicKey, ...]:
    keys = []
    for number, text in enumerate(_texts(path, name, value), 1):
        inline = BEGIN.decode() in text
        place = path.parent / text  # an absolute one stays as it is
        content, said = (text.encode(), f"number {number}") if inline else (_read(place, MOST_KEY_BYTES), str(place))
        try:
            keys.append(PublicKey.from_pem(content, said))
        except ArgumentError as error:
            msg = f"the policy {path}: of the keys, {error}"
            raise PolicyError(msg) from error
    return tuple(keys)


def _signature(path: Path, name: str, value: Any) -> Any:
    if value not in _SIGNATURE:
        msg = f"the policy {path}: {name} is {' or '.join(map(repr, _SIGNATURE))}; got {value!r}"
        raise PolicyError(msg)
    return value


def _revoked(path: Path, name: str, value: Any) -> frozenset[str]:
    for text in _texts(path, name, value):
        if not is_sha256(text):
            msg = (
                f"the policy {path}: a revoked key is its fingerprint, 64 hexadecimal digits in lower case as"
                f" `gansurrogate verify` shows it; got {text!r}"
            )
            raise PolicyError(msg)
    return frozenset(value)


def _require(path: Path, name: str, value: Any) -> tuple[Requirement, ...]:
    try:
        return tuple(Requirement.parse(text) for text in _texts(path, name, value))
    except ArgumentError as error:
        msg = f"the policy {path}: {error}"
        raise PolicyError(msg) from error


def _schema(path: Path, name: str, value: Any) -> int:
    if type(value) is not int or value < 1:
        msg = f"the policy {path}: {name} is a whole number, the least schema of a manifest; got {value!r}"
        raise PolicyError(msg)
    return value


_ENTRIES: dict[str, Callable[[Path, str, Any], Any]] = {
    "keys": _keys, "signature": _signature, "revoked": _revoked, "require": _require, "schema": _schema,
}  # fmt: skip
