"""What a surrogate can be used for and what not, said from its figures alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gansurrogate.fidelity import findings
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.findings import NOT_JUDGED, SEES, Finding, chance, grade_of, is_void

FACTS: Mapping[str, Callable[[Figure], Finding]] = {
    "noise_ratio": findings.noise,
    "memorisation": findings.memorisation,
    "copied_share": findings.copies,
    "worth_in_real_signals": findings.worth,
}


class Verdict(NamedTuple):
    """What the figures say together.

    Attributes
    ----------
    summary : str
        What it suits and what not, and how easily it is told from the real thing.
    uses : list of Finding
        For each kind of work, whether it suits it.
    facts : list of Finding
        What else there is to know.
    """

    summary: str
    uses: list[Finding]
    facts: list[Finding]

    @property
    def findings(self) -> list[Finding]:
        """All of them."""
        return [*self.uses, *self.facts]


def verdict(figures: Sequence[Figure]) -> Verdict:
    """The verdict on a surrogate from the figures of `judge`."""
    by_name = {figure.name: figure for figure in figures}
    uses = [findings.classifier(by_name[name]) for name in SEES if name in by_name]
    if parameters := [figure for figure in figures if figure.name.startswith("ks_")]:
        uses.append(findings.single_parameters(parameters))
    if along := [figure for figure in figures if figure.name.startswith(("shift_by_", "stretch_by_"))]:
        uses.append(findings.along_conditions(along))
    if "token_distance" in by_name:
        uses.append(findings.frequencies(by_name["token_distance"]))
    facts = [fact(by_name[name]) for name, fact in FACTS.items() if name in by_name]
    panel = by_name["panel_auc"]
    if panel.copula is not None:
        facts.append(findings.base_line(panel))
    return Verdict(f"{_suits(uses)} {_told(panel)}".lstrip(), uses, facts)


def _suits(uses: Sequence[Finding]) -> str:
    """The uses by grade."""
    starts = {"good": "Suits work on", "fair": "With care:", "poor": "Not for"}
    aspects = {grade: [use.aspect for use in uses if use.grade == grade and use.said != NOT_JUDGED] for grade in starts}
    return " ".join(f"{starts[grade]} {_listed(named)}." for grade, named in aspects.items() if named)


def _told(panel: Figure) -> str:
    """How easily it is told from the real thing."""
    area = (
        f"AUC {panel.value:.3f}, where 0.5 is guessing and 1 is always right (95 % interval"
        f" {panel.measured.low:.3f} to {panel.measured.high:.3f}; real against real {panel.floor:.3f})"
    )
    if is_void(panel):
        return (
            f"The panel tells real signals from real ones (AUC {panel.floor:.3f}), so that it says nothing of the"
            " surrogate: were the real signals taken in one order, or under changing circumstances?"
        )
    sides, limit = f"With {panel.n:,} signals on each side", max(panel.floor, chance(panel.n))
    if panel.measured.low <= limit:
        return (
            f"{sides} no judge of the panel tells the surrogate from the real thing for sure: the sharpest has {area}."
            f" So many signals do not show an AUC below {limit:.3f}."
        )
    ease = {"good": "barely", "fair": "sometimes", "poor": "often"}[grade_of(panel.value)]
    ease = "nearly always" if panel.value > 0.95 else ease
    return f"{sides} the panel can {ease} tell the surrogate from the real thing: the sharpest judge has {area}."


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
