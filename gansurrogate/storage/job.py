"""What a file of signals depends on, and how it is cut into chunks."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.manifest import Manifest
from gansurrogate.sampling.request import Request

CHUNK_BYTES = 64 * 2**20
_DIGESTS = {"file_sha256": "it is another surrogate file", "conditions": "the conditions are others, or their domain"}


@dataclass(frozen=True)
class Job:
    """Rows ``start`` to ``start + n`` of the stream `seed` of one surrogate file, in chunks.

    Attributes
    ----------
    file_sha256 : str
        Of the surrogate, from its manifest.
    seed, start, n : int
    shape : list of int
        Of one signal.
    dtype : str
        Of its values as they are stored: ``"<f4"``, or ``"<i8"`` for the ids of tokens.
    conditions : str
        SHA-256 over the conditions as the surrogate file takes them, and whether rows outside are simulated.
    chunk : int
        Rows that are drawn, written and noted down together.
    version : str
        Of gansurrogate.
    """

    file_sha256: str
    seed: int
    start: int
    n: int
    shape: list[int]
    dtype: str
    conditions: str
    chunk: int
    version: str

    @classmethod
    def of(cls, manifest: Manifest, request: Request, seed: int, chunk: int | None) -> "Job":
        """The job that draws the rows of `request`; by default as many tiles per chunk as make 64 MiB."""
        shape, dtype = list(manifest.spec.shape), manifest.spec.dtype.newbyteorder("<").str
        if chunk is None:
            chunk = manifest.tile * max(1, CHUNK_BYTES // (manifest.tile * row_bytes(shape, dtype)))
        chunk = max(1, min(chunk, request.n))
        conditions, ours = _digest(request.conditions, request.outside is not None), version("gansurrogate")
        return cls(manifest.file_sha256, seed, request.start, request.n, shape, dtype, conditions, chunk, ours)

    @property
    def chunks(self) -> range:
        """The numbers of the chunks."""
        return range(-(-self.n // self.chunk))

    def rows(self, number: int) -> slice:
        """The rows of a chunk, counted from `start`."""
        return slice(number * self.chunk, min((number + 1) * self.chunk, self.n))

    def done(self, finished: set[int]) -> int:
        """How many rows the finished chunks have."""
        last = len(self.chunks) - 1
        return len(finished) * self.chunk - ((last + 1) * self.chunk - self.n if last in finished else 0)

    def differences(self, found: Mapping[str, Any]) -> str:
        """In what another job, as a dict, differs, in words; empty if it is this one."""
        other = [name for name, value in vars(self).items() if found.get(name) != value]
        return ", ".join(_DIGESTS.get(n, f"{n} was {found.get(n)} and is {getattr(self, n)}") for n in other)


def row_bytes(shape: Sequence[int], dtype: str) -> int:
    """Size of one signal of `shape`."""
    return np.dtype(dtype).itemsize * math.prod(shape)


def is_one(condition: NDArray[Any]) -> bool:
    """Whether an encoded condition of shape (n, ...) is one value, or one array, that stands for all rows."""
    return condition.strides[0] == 0


def _digest(conditions: Mapping[str, NDArray[Any]], simulated: bool) -> str:
    """SHA-256 over conditions of shape (n, ...)."""
    digest = hashlib.sha256(b"simulated " if simulated else b"")
    for name, values in conditions.items():
        kept = np.ascontiguousarray(values[:1] if is_one(values) else values)
        digest.update(f"{name} {kept.dtype.str} {kept.shape} ".encode())
        digest.update(kept.view(np.uint8).data)
    return digest.hexdigest()
