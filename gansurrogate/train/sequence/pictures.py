"""How often each token comes in real and in generated sequences."""

import numpy as np
from matplotlib.figure import Figure

from gansurrogate.fidelity.plots import REAL, SURROGATE
from gansurrogate.signals import SignalArray
from gansurrogate.spec import SignalSpec

MOST = 30  # tokens, the most frequent ones
LINES = 12  # sequences written out


def frequencies(real: SignalArray, generated: SignalArray, spec: SignalSpec, title: str) -> Figure:
    """Frequencies of the tokens, and some generated sequences.

    Parameters
    ----------
    real, generated : array of shape (n, *spec.shape)
        Ids.
    """
    figure = Figure(figsize=(11, 5), layout="constrained")
    figure.suptitle(title)
    bars, texts = figure.subplots(1, 2)
    shares = [np.bincount(ids.ravel(), minlength=len(spec.tokens)) / ids.size for ids in (real, generated)]
    shown = np.argsort(-shares[0], kind="stable")[:MOST]
    for offset, share, name, colour in ((-0.2, shares[0], "real", REAL), (0.2, shares[1], "surrogate", SURROGATE)):
        bars.bar(np.arange(len(shown)) + offset, share[shown], width=0.4, label=name, color=colour)
    bars.set_xticks(np.arange(len(shown)), [repr(spec.tokens[i])[1:-1] for i in shown], rotation=90)
    bars.set(ylabel="share of the tokens")
    bars.legend(frameon=False)
    joint = "" if max(map(len, spec.tokens)) == 1 else " "
    written = "\n".join(
        joint.join(line)[:60] for line in spec.decode(generated[:LINES].reshape(min(LINES, len(generated)), -1))
    )
    texts.text(0, 1, written, va="top", family="monospace", parse_math=False)
    texts.set_axis_off()
    return figure
