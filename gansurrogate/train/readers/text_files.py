"""Text: one sentence per line, a sequence of words or of characters. Tables of numbers are left to their own reader.

Sentences shorter than the longest one are filled up with a token of its own, `END`.
"""

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.spec import Axis
from gansurrogate.tokens import END
from gansurrogate.train.readers import csv_files
from gansurrogate.train.readers.columns import is_number

FREE = "<free>"  # what a prefix says of a place that is not fixed
KINDS = ("words", "characters")  # of tokens: what `dataset` may say


def read(path: Path, selection: Selection) -> FileContent:
    """Ids of tokens, ``dataset`` says of which kind: words by default.

    With a window the lines are one long text, with the ends of lines among its tokens.
    """
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        text = file.read()
    if selection.dataset not in KINDS and is_table(text):
        return csv_files.read(path, selection)
    if selection.dataset not in (None, *KINDS):
        msg = f"the tokens of a text are {' or '.join(KINDS)}; got dataset {selection.dataset!r}"
        raise RecordingsError(msg)
    split = list if selection.dataset == "characters" else str.split
    sentences = [split(line) for line in text.splitlines() if line.strip()]
    if selection.window is not None:
        sentences = [[token for sentence in sentences for token in (*sentence, "\n")]]
    tokens = sorted({token for sentence in sentences for token in sentence})
    if reserved := {END, FREE}.intersection(tokens):
        msg = f"{path} holds {', '.join(sorted(reserved))}, which stand for the end of a sentence and for a free place"
        raise RecordingsError(msg)
    if len({len(sentence) for sentence in sentences}) > 1:
        tokens.append(END)
    signals = ids(sentences, tokens)
    axes = (Axis("place"),)
    return FileContent(signals[0] if selection.window is not None else signals, axes=axes, tokens=tokens)


def ids(sentences: Sequence[Sequence[str]], tokens: Sequence[str]) -> np.ndarray:
    """The tokens' indices, shape (n, longest), filled up with that of `END`."""
    index = {token: i for i, token in enumerate(tokens)}
    signals = np.full((len(sentences), max(map(len, sentences), default=0)), index.get(END, 0), np.int64)
    for row, sentence in zip(signals, sentences, strict=True):
        row[: len(sentence)] = [index[token] for token in sentence]
    return signals


def is_table(text: str) -> bool:
    """Whether half of the fields in the second line, or in the only one, are numbers."""
    lines = [line for line in text.splitlines()[:100] if line.strip() and not line.startswith("#")]
    fields = [field for field in re.split(r"[\s,;]+", lines[1 % len(lines)]) if field] if lines else []
    return 2 * sum(map(is_number, fields)) >= len(fields) > 0
