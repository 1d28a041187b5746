"""A surrogate's generator network alone: its file, cut at the latents."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate import trust
from gansurrogate.cut import fed_at
from gansurrogate.manifest import Manifest
from gansurrogate.providers import CPU
from gansurrogate.session import open_session
from gansurrogate.signals import SignalArray
from gansurrogate.surrogate_file import Source


class Network:
    """What comes after the row law, ready to run on the CPU.

    Parameters
    ----------
    source : path or bytes
        The surrogate file, or its content.

    Attributes
    ----------
    manifest : Manifest
        What the file says of itself; `manifest.latents` are the blocks that the network takes.

    Raises
    ------
    SurrogateFileError
        If it is not a sound surrogate, or no node of its graph gives the tensor `latent`.
    SignatureError, PolicyError
        If the policy of this machine refuses it.
    """

    manifest: Manifest

    def __init__(self, source: Source) -> None:
        data, self.manifest, _ = trust.admit(source)
        self._session = open_session(fed_at(data, "latent"), (CPU, {}))

    def signals(self, latents: NDArray[np.float32], conditions: Mapping[str, ArrayLike] | None = None) -> SignalArray:
        """The signals of these latents.

        Parameters
        ----------
        latents : array of shape (n, sum of the blocks' widths)
            Block after block, as `rowlaw.latents` gives them.
        conditions : mapping of name to a number or an array of shape (n,)
            As for `Surrogate.sample`.

        Returns
        -------
        array of shape (n, *spec.shape)
        """
        given = self.manifest.spec.encode_conditions(conditions, len(latents))
        parts: list[Any] = []
        for first in range(0, len(latents), self.manifest.tile):
            part = slice(first, first + self.manifest.tile)
            rows = np.arange(len(latents[part]))  # what the row law makes of them is not read
            feeds = {"seed": np.array(0, np.int64), "rows": rows, "latent": np.ascontiguousarray(latents[part])}
            feeds |= {name: np.ascontiguousarray(values[part]) for name, values in given.items()}
            parts += self._session.run(["signal"], feeds)
        return np.concatenate(parts)
