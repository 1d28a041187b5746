"""Sequences of one vocabulary in the ids of another."""

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.signals import SignalArray
from gansurrogate.spec import SignalSpec
from gansurrogate.tokens import END, check_ids

UNKNOWN = "<unknown>"  # what a token is shown as that a surrogate does not know


def in_vocabulary(signals: SignalArray, theirs: SignalSpec, ours: SignalSpec, source: str) -> NDArray[np.int64]:
    """Ids of `signals` in the vocabulary of a surrogate; a token that it does not know is one more id, the last.

    Parameters
    ----------
    signals : array of shape (n, *theirs.shape)
        Ids of their tokens; without a vocabulary of theirs, ids of ours.
    theirs, ours : SignalSpec
        Of real sequences, and of the surrogate's. Where ours may end early, theirs are filled up with the token
        that ends them, or cut, to our length.
    source : str
        Of the signals, for messages.

    Raises
    ------
    ArgumentError
        If the surrogate knows none of the tokens.
    SpecError
        If numbers are not ids of its vocabulary.
    """
    if not theirs.tokens:
        ids = signals.astype(np.int64)
        return check_ids(ids if (ids == signals).all() else signals, ours.tokens, f"{source} must hold")
    known, unknown = {token: i for i, token in enumerate(ours.tokens)}, len(ours.tokens)
    ids = np.array([known.get(token, unknown) for token in theirs.tokens])[signals]
    if (ids == unknown).all():
        msg = f"the surrogate knows no token of {source}: words or characters? For these: --dataset characters"
        raise ArgumentError(msg)
    if END in ours.tokens and ids.ndim == len(ours.shape) + 1 == 2:
        ids = np.pad(ids, ((0, 0), (0, ours.shape[0])), constant_values=known[END])[:, : ours.shape[0]]
    return ids


def lacks(spec: SignalSpec, signals: SignalArray) -> float:
    """Share of the tokens in `signals` that a surrogate of this spec does not know."""
    return float((signals == len(spec.tokens)).mean()) if spec.tokens else 0.0


def spelled(signals: SignalArray, spec: SignalSpec) -> list[str]:
    """Sequences as texts up to their end: words with spaces between, characters without."""
    tokens = np.array([*spec.tokens, UNKNOWN], str)
    between = "" if all(len(token) == 1 for token in spec.tokens if token != END) else " "
    texts = []
    for row in tokens[signals.reshape(len(signals), -1)]:
        ended = np.append(row == END, True)
        texts.append(between.join(row[: int(ended.argmax())].tolist()))
    return texts
