"""What a surrogate can be used for and what not, said from its figures alone."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from gansurrogate.fidelity.estimate import null_band
from gansurrogate.fidelity.figure import Figure, spoken

Grade = Literal["good", "fair", "poor"]

# What each classifier looks at, and which work depends on it.
SEES: Mapping[str, tuple[str, str]] = {
    "trees_auc": ("parameters", "statistics of recovered parameters and how they go together"),
    "spectral_auc": ("noise and spectrum", "whatever depends on noise level, its colour, or power spectra: filters, "
                     "detection thresholds, signal-to-noise ratios"),
    "conv_auc": ("local shape", "whatever depends on edges, peaks and transients: triggers, pattern recognition"),
    "raw_auc": ("gross shape", "level, size and slow course of the signals"),
    "ngram_auc": ("phrases", "whatever looks at up to three tokens in a row: vocabulary, spelling, local grammar; what"
                  " lies farther apart was not judged"),
}  # fmt: skip
INDISTINGUISHABLE = 0.55  # AUC up to which work of this kind hardly notices
CAREFUL = 0.70  # AUC up to which it may, if results are checked against a few real signals


class Finding(NamedTuple):
    """One sentence of a verdict.

    Attributes
    ----------
    grade : "good", "fair" or "poor"
    aspect : str
        What the sentence is about.
    text : str
    """

    grade: Grade
    aspect: str
    text: str


class Verdict(NamedTuple):
    """What the figures say together.

    Attributes
    ----------
    summary : str
    findings : list of Finding
    """

    summary: str
    findings: list[Finding]


def verdict(figures: Sequence[Figure]) -> Verdict:
    """The verdict on a surrogate from the figures of `judge`."""
    by_name = {figure.name: figure for figure in figures}
    findings = [_classifier(by_name[name]) for name in SEES if name in by_name]
    parameters = [figure for figure in figures if figure.name.startswith("ks_")]
    if parameters:
        findings.append(_parameters(parameters))
    if "noise_ratio" in by_name:
        findings.append(_noise(by_name["noise_ratio"]))
    if "token_distance" in by_name:
        findings.append(_frequencies(by_name["token_distance"]))
    if "copied_share" in by_name:
        findings.append(_copies(by_name["copied_share"]))
    if "memorisation" in by_name:
        findings.append(_memorisation(by_name["memorisation"]))
    if "worth_in_real_signals" in by_name:
        findings.append(_worth(by_name["worth_in_real_signals"]))
    return Verdict(_summary(by_name["panel_auc"]), findings)


def _summary(panel: Figure) -> str:
    sharpest = f"the sharpest judge has an area of {panel.value:.3f} under its ROC curve"
    interval = f"95 % interval {panel.measured.low:.3f} to {panel.measured.high:.3f}"
    limit = max(panel.floor, null_band(panel.n // 2, panel.n // 2)[1])  # one half trains, the other is judged
    if panel.measured.low <= limit:
        return (
            f"With {panel.n:,} signals on each side no judge of the panel tells the surrogate from the real thing for"
            f" sure: {sharpest} ({interval}; real against real {panel.floor:.3f})."
        )
    ease = {"good": "barely", "fair": "sometimes", "poor": "often"}[_grade(panel.value)]
    ease = "nearly always" if panel.value > 0.95 else ease
    return (
        f"With {panel.n:,} signals on each side the panel can {ease} tell the surrogate from the real thing: {sharpest}"
        f" ({interval}; real against real {panel.floor:.3f})."
    )


def _classifier(figure: Figure) -> Finding:
    aspect, work = SEES[figure.name]
    grade = _grade(figure.value)
    area = f"AUC {figure.value:.3f}, real against real {figure.floor:.3f}"
    said = {
        "good": f"suits {work}: it can hardly be told from the real thing here ({area}).",
        "fair": f"with care: {work}. A difference can be measured ({area}); check results on some real signals.",
        "poor": f"not for {work}: it differs clearly from the real thing here ({area}).",
    }
    return Finding(grade, aspect, said[grade])


def _parameters(figures: Sequence[Figure]) -> Finding:
    worst = max(figures, key=lambda figure: figure.value)
    bound = worst.measured.high
    grade: Grade = "good" if worst.value <= max(0.03, 1.5 * worst.floor) else "fair" if worst.value <= 0.1 else "poor"
    name = spoken(worst.name.removeprefix("ks_"))
    text = (
        f"probabilities of a single parameter are right within {100 * bound:.1f} % of all signals; worst is {name}"
        f" (Kolmogorov-Smirnov distance {worst.value:.3f}, real against real {worst.floor:.3f})."
    )
    return Finding(grade, "single parameters", text)


def _noise(figure: Figure) -> Finding:
    off = abs(figure.value - 1)
    grade: Grade = "good" if off <= 0.02 else "fair" if off <= 0.1 else "poor"
    return Finding(grade, "noise level", f"the noise is {figure.value:.3f} times the real one.")


def _frequencies(figure: Figure) -> Finding:
    grade: Grade = (
        "good" if figure.value <= max(0.02, 1.5 * figure.floor) else "fair" if figure.value <= 0.1 else "poor"
    )
    text = (
        f"{100 * figure.value:.1f} % of all tokens would have to be others for the real frequencies (real against real"
        f" {100 * figure.floor:.1f} %)."
    )
    return Finding(grade, "frequencies", text)


def _copies(figure: Figure) -> Finding:
    more = figure.measured.low - figure.floor
    grade: Grade = "good" if more <= 0.02 else "fair" if more <= 0.1 else "poor"
    text = (
        f"{100 * figure.value:.1f} % of its sequences stand in the training set token for token; of unseen real ones"
        f" {100 * figure.floor:.1f} % do."
    )
    return Finding(grade, "memory", text)


def _memorisation(figure: Figure) -> Finding:
    grade: Grade = "good" if figure.value >= 0.93 else "fair" if figure.value >= 0.8 else "poor"
    text = (
        f"surrogate signals lie {figure.value:.2f} times as far from the nearest training signal as new real ones do;"
        " well below 1 it repeats what it was trained on."
    )
    return Finding(grade, "memory", text)


def _worth(figure: Figure) -> Finding:
    low, high = figure.measured.low, figure.measured.high
    grade: Grade = "good" if low > figure.floor else "fair" if high > figure.floor else "poor"
    text = (
        f"endless surrogate signals tell as much of single parameters as {figure.value:,.0f} real ones ({low:,.0f} to"
        f" {high:,.0f}); it was trained on {figure.floor:,.0f}. Draw more, and its own error rules."
    )
    return Finding(grade, "how many to draw", text)


def _grade(area: float) -> Grade:
    return "good" if area <= INDISTINGUISHABLE else "fair" if area <= CAREFUL else "poor"
