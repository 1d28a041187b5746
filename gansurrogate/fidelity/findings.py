"""What single figures say of the work that a surrogate suits, and what else there is to know."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from gansurrogate.fidelity.estimate import null_band
from gansurrogate.fidelity.figure import Figure, spoken

Grade = Literal["good", "fair", "poor"]
SUITS: Mapping[Grade, str] = {"good": "suits", "fair": "with care", "poor": "not for"}
NOT_JUDGED = "not judged"

# What each classifier looks at, and which work depends on it.
SEES: Mapping[str, tuple[str, str]] = {
    "trees_auc": ("parameters together", "statistics of recovered parameters and how they go together"),
    "spectral_auc": ("noise and spectrum", "whatever depends on noise level, its colour, or power spectra: filters, "
                     "detection thresholds, signal-to-noise ratios"),
    "conv_auc": ("local shape", "whatever depends on edges, peaks and transients: triggers, pattern recognition"),
    "raw_auc": ("gross shape", "level, size and slow course of the signals"),
    "ngram_auc": ("phrases", "whatever looks at up to three tokens in a row: vocabulary, spelling, local grammar (what"
                  " lies farther apart was not judged)"),
}  # fmt: skip
INDISTINGUISHABLE = 0.55  # AUC up to which work of this kind hardly notices
CAREFUL = 0.70  # AUC up to which it may, if results are checked against a few real signals


class Finding(NamedTuple):
    """One sentence of a verdict.

    Attributes
    ----------
    grade : "good", "fair" or "poor"
    said : str
        The grade in the words that fit: what the surrogate suits, or how good it is.
    aspect : str
        What the sentence is about.
    text : str
    """

    grade: Grade
    said: str
    aspect: str
    text: str


def grade_of(area: float) -> Grade:
    """What an area under a ROC curve is worth."""
    return _grade(area, INDISTINGUISHABLE, CAREFUL)


def chance(n: int) -> float:
    """The area that a judge of `n` equal signals on each side exceeds in 1 of 40 cases; half of them train it."""
    return null_band(n // 2, n // 2)[1]


def is_void(figure: Figure) -> bool:
    """Whether a classifier tells real from real signals: what it says of a surrogate is then worth nothing."""
    return grade_of(figure.floor) == "poor"


def classifier(figure: Figure) -> Finding:
    """The work that depends on what a classifier sees."""
    aspect, work = SEES[figure.name]
    if is_void(figure):
        text = f"{work}. The judge tells real signals from real ones (AUC {figure.floor:.3f}): its figure says nothing."
        return Finding("poor", NOT_JUDGED, aspect, text)
    grade = grade_of(figure.value)
    seen = {
        "good": "The judge can hardly tell them apart",
        "fair": "The judge tells them apart sometimes: check results on some real signals",
        "poor": "The judge tells them apart clearly",
    }[grade]
    area = f"AUC {figure.value:.3f}, real against real {figure.floor:.3f}"
    return Finding(grade, SUITS[grade], aspect, f"{work}. {seen} ({area}).")


def single_parameters(figures: Sequence[Figure]) -> Finding:
    """By how much the probabilities of a parameter may be off."""
    worst = max(figures, key=lambda figure: figure.value)
    grade = _grade(worst.value, max(0.03, 1.5 * worst.floor), 0.1)
    name = spoken(worst.name.removeprefix("ks_"))
    text = (
        f"histograms, quantiles and rates of one parameter. No probability is off by more than"
        f" {100 * worst.measured.high:.1f} %, as far as {worst.n:,} signals can tell; worst is {name}"
        f" (Kolmogorov-Smirnov distance {worst.value:.3f}, real against real {worst.floor:.3f})."
    )
    return Finding(grade, SUITS[grade], "single parameters", text)


def along_conditions(figures: Sequence[Figure]) -> Finding:
    """How well parameters follow the conditions."""
    worst = max(figures, key=lambda figure: figure.measured.low / max(figure.floor, 1e-12))
    grade = _grade(worst.measured.low, max(0.1, 1.5 * worst.floor), max(0.3, 3 * worst.floor))
    kind, _, name = worst.name.partition("_by_")
    moment = {"shift": "mean", "stretch": "spread"}[kind]
    text = (
        f"questions of how signals change with a condition. Worst is the {moment} of a parameter along {name}: off by"
        f" {worst.value:.2f} of its real spread ({worst.measured.low:.2f} to {worst.measured.high:.2f}; real against"
        f" real {worst.floor:.2f})."
    )
    return Finding(grade, SUITS[grade], "response to conditions", text)


def frequencies(figure: Figure) -> Finding:
    """How often each token comes."""
    low = max(0.02, 1.5 * figure.floor)
    grade = _grade(figure.value, low, low + 0.08)
    text = (
        f"counts of tokens. {100 * figure.value:.1f} % of all would have to be others for the real frequencies (real"
        f" against real {100 * figure.floor:.1f} %)."
    )
    return Finding(grade, SUITS[grade], "frequencies", text)


def noise(figure: Figure) -> Finding:
    """The level of the noise."""
    grade = _grade(abs(figure.value - 1), 0.02, 0.1)
    return Finding(grade, grade, "noise level", f"the noise is {figure.value:.3f} times the real one.")


def memorisation(figure: Figure) -> Finding:
    """Whether it repeats what it was trained on, by distances."""
    grade = _grade(-figure.value, -0.93, -0.8)
    text = (
        f"surrogate signals lie {figure.value:.2f} times as far from the nearest training signal as new real ones do;"
        " well below 1 it repeats what it was trained on."
    )
    return Finding(grade, grade, "memory", text)


def copies(figure: Figure) -> Finding:
    """Whether it repeats what it was trained on, by exact copies."""
    grade = _grade(figure.measured.low - figure.floor, 0.02, 0.1)
    text = (
        f"{100 * figure.value:.1f} % of its sequences stand in the training set token for token; of unseen real ones"
        f" {100 * figure.floor:.1f} % do."
    )
    return Finding(grade, grade, "memory", text)


def worth(figure: Figure) -> Finding:
    """How many may be drawn."""
    low, high = figure.measured.low, figure.measured.high
    grade: Grade = "good" if low > figure.floor else "fair" if high > figure.floor else "poor"
    text = (
        f"endless surrogate signals tell as much of single parameters as {figure.value:,.0f} real ones ({low:,.0f} to"
        f" {high:,.0f}); it was trained on {figure.floor:,.0f}. Draw more, and its own error rules."
    )
    return Finding(grade, grade, "how many to draw", text)


def base_line(panel: Figure) -> Finding:
    """Whether the training was worth it: an untrained copula knows values, covariances and the level by conditions."""
    assert panel.copula is not None
    area = f"AUC {panel.copula:.3f}, surrogate {panel.value:.3f}"
    if is_void(panel):
        text = f"not compared: the panel tells real signals from real ones (AUC {panel.floor:.3f})."
        return Finding("poor", NOT_JUDGED, "base line", text)
    if panel.measured.high < panel.copula:
        return Finding("good", "good", "base line", f"an untrained copula is told apart more easily ({area}).")
    if max(panel.copula, panel.measured.low) <= max(panel.floor, chance(panel.n)):
        text = f"no judge tells an untrained copula from the real thing either ({area}): there is no more to learn."
        return Finding("good", "good", "base line", text)
    text = f"it is not shown to be better than an untrained copula ({area}): it has learned little."
    return Finding("poor", "poor", "base line", text)


def _grade(value: float, good: float, fair: float) -> Grade:
    return "good" if value <= good else "fair" if value <= fair else "poor"
