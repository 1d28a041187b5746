"""Writing the page: the template is filled with the verdict, tables, and pictures inside the file."""

import base64
import io
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure as Picture

from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.figure import spoken
from gansurrogate.fidelity.panel import Judgement
from gansurrogate.fidelity.plots import galleries
from gansurrogate.fidelity.report import pictures
from gansurrogate.fidelity.report.sweeps import along_condition, along_latents
from gansurrogate.fidelity.sweeps import Sweeps
from gansurrogate.fidelity.verdict import verdict
from gansurrogate.fidelity.vocabulary import spelled

DPI = 110
TEXTS = 12  # sequences of each side
NONE = Sweeps([], [], {})

# What the names of figures mean, for people.
MEANINGS = {
    "panel": "The largest figure of all classifiers: how well the sharpest judge tells surrogate from real.",
    "trees": "Boosted trees on recovered parameters and conditions.",
    "spectral judge": "A dense network on the power spectrum and the spread of differences: sharp on noise.",
    "convolutional judge": "A convolutional network with pooled mean and spread: sharp on local shape.",
    "raw judge": "A dense network on the values as they are; nearly blind to noise, quoted by many publications.",
    "parameters": "Kolmogorov-Smirnov distance of each recovered parameter: no probability is off by more.",
    "distributions": "Largest distances of values, mean power spectrum [dB] and autocorrelation.",
    "neighbours": "Shares of signals inside each other's neighbourhoods; the floor is what real signals reach.",
    "permutation tests": "Distances in units of what shuffled sets exceed in 5 % of cases: above 1 they differ.",
    "conditions": "Largest difference of a parameter's mean (shift) and spread (stretch) in a cell, in real spreads.",
    "worth": "How many real signals endless surrogate ones are worth; the floor is how many it was trained on.",
    "n-gram judge": "Boosted trees on the tokens, pairs and triples in a sequence: blind to what lies farther apart.",
    "n-grams": "Total variation distance of the shares of tokens, pairs and triples: so many would have to be others.",
    "lengths": "Kolmogorov-Smirnov distance of the numbers of tokens before the end.",
    "copies": "Share of sequences that were trained on, token for token; the floor is that of unseen real ones.",
    "memory": "Distance to the nearest training signal relative to unseen real ones: well below 1 is a copy.",
}


def render(
    title: str, comparison: Comparison, judgement: Judgement, provenance: Mapping[str, Any], sweeps: Sweeps = NONE
) -> str:
    """The page as HTML; it loads nothing from anywhere.

    Parameters
    ----------
    title : str
    comparison : Comparison
        What was judged: its first signals are shown.
    judgement : Judgement
    provenance : mapping of str to what can be written
        Where surrogate and real signals come from.
    sweeps : Sweeps
        Along latents and conditions.
    """
    environment = Environment(
        loader=PackageLoader("gansurrogate.fidelity.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"spoken": spoken, "number": _number}
    found = verdict(judgement.figures)
    return environment.get_template("page.html").render(
        title=title, verdict=found, groups=judgement.groups, meanings=MEANINGS, provenance=provenance,
        texts=_texts(comparison), pictures=_pictures(comparison, judgement), sweeps=_sweeps(comparison, sweeps),
        copula=comparison.copula is not None, n=len(comparison.real), left_out=judgement.left_out,
        not_swept=sweeps.left_out,
    )  # fmt: skip


def _texts(comparison: Comparison) -> dict[str, list[str]]:
    """The first sequences of tokens of each side; nothing of signals of values."""
    if not comparison.spec.tokens:
        return {}
    sides = {"real": comparison.real, "surrogate": comparison.surrogate}
    return {name: spelled(side.signals[:TEXTS], comparison.spec) for name, side in sides.items()}


def _pictures(comparison: Comparison, judgement: Judgement) -> list[dict[str, str]]:
    """Headline, alternative text and content of each picture."""
    drawn: list[tuple[str, str, Picture]] = []
    if not comparison.spec.tokens:
        real, surrogate = comparison.other.signals, comparison.surrogate.signals  # under the same conditions
        alt = "real signals on the left, surrogate ones on the right"
        drawn.append(("Signals", alt, galleries(real, surrogate, comparison.spec)))
    classifiers = [f for group in list(judgement.groups.values())[1:] for f in group if f.name.endswith("_auc")]
    if classifiers:
        drawn.append(("Classifiers", "ROC curves", pictures.roc(classifiers)))
    for curve in judgement.curves:
        name = curve.name.split(" [")[0].capitalize()
        drawn.append((name, f"{curve.name} of real and surrogate signals", pictures.curve(curve)))
    if comparison.real.features:
        drawn.append(("Parameters", "recovered parameters against each other", pictures.corner(comparison)))
    return [_shown(*each) for each in drawn]


def _sweeps(comparison: Comparison, sweeps: Sweeps) -> list[dict[str, str]]:
    drawn, spec = [], comparison.spec
    if sweeps.latents:
        drawn.append(("Along the leading latents", "signals along single latents", along_latents(sweeps.latents, spec)))
    for sweep in sweeps.conditions:
        sides = "surrogate alone" if sweep.real is None else "real beside surrogate"
        title = f"Along {sweep.condition.name}: {sides}, {sweep.n} signals at each value"
        drawn.append((title, f"mean and band along {sweep.condition.name}", along_condition(sweep, spec)))
    return [_shown(*each) for each in drawn]


def _shown(title: str, alt: str, picture: Picture) -> dict[str, str]:
    return {"title": title, "alt": alt, "data": _embedded(picture)}


def _embedded(picture: Picture) -> str:
    buffer = io.BytesIO()
    picture.savefig(buffer, format="png", dpi=DPI)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _number(value: float) -> str:
    """Three places, or as many as a small number needs."""
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.4g}"
