"""Sequences of tokens: from texts to ids, the indices into a vocabulary, and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import SpecError
from gansurrogate.plain import listed

Vocabulary = Sequence[str]
END = "<end>"  # the token, where there is one, that fills up sequences shorter than the longest one


def check_vocabulary(tokens: Vocabulary) -> tuple[str, ...]:
    """Return `tokens` as a tuple of different texts, two or more, or none.

    Raises
    ------
    SpecError
        For anything else.
    """
    given = (tokens,) if isinstance(tokens, str) else tuple(tokens)
    texts = all(isinstance(token, str) for token in given)
    if given and not (texts and len(set(given)) == len(given) > 1):
        msg = f"tokens are two or more different texts, in the order of their ids; got {listed(given)}"
        raise SpecError(msg)
    return given


def encode(words: ArrayLike, tokens: Vocabulary) -> NDArray[np.int64]:
    """The ids of `words`, an array of texts of any shape.

    Raises
    ------
    SpecError
        If one is not in the vocabulary.
    """
    given, ids = np.asarray(words), {token: i for i, token in enumerate(tokens)}
    try:
        return np.array([ids[word] for word in given.ravel().tolist()], np.int64).reshape(given.shape)
    except (KeyError, TypeError) as error:
        msg = f"unknown token: got {error}; expected {listed(tokens) or 'none, since this signal is numbers'}"
        raise SpecError(msg) from error


def decode(ids: ArrayLike, tokens: Vocabulary) -> NDArray[np.str_]:
    """The tokens at `ids`, as an array of texts of the same shape.

    Raises
    ------
    SpecError
        If an id is not one of the vocabulary's.
    """
    given = check_ids(np.asarray(ids), tokens, "decode() takes")
    words: NDArray[np.str_] = np.array(tokens, str)[given]
    return words


def check_ids(ids: NDArray[Any], tokens: Vocabulary, source: str) -> NDArray[Any]:
    """Return `ids` as they are.

    Raises
    ------
    SpecError
        If they are not indices into the vocabulary; the message begins with `source`.
    """
    whole = ids.dtype.kind in "iu"
    if not whole or (ids.size and not 0 <= ids.min() <= ids.max() < len(tokens)):
        got = f"{ids.min()} to {ids.max()}" if whole else ids.dtype
        expected = f"from 0 to {len(tokens) - 1}" if tokens else "of a vocabulary, which this signal of numbers lacks"
        msg = f"{source} ids of tokens, whole numbers {expected}; got {got}"
        raise SpecError(msg)
    return ids
