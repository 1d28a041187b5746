"""The panel: every judge that applies, each beside its real-vs-real floor."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from gansurrogate.discovery.hooks import cause
from gansurrogate.discovery.offers import named_function
from gansurrogate.errors import ArgumentError, PluginError
from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.curve import Curve
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.measures import EXTRA, MEASURES, MEASURES_OF_TOKENS
from gansurrogate.fidelity.measures.measure import Found, Measure, NotMeasured
from gansurrogate.plugins import installed

_BUILT_IN = {**MEASURES, **EXTRA, **MEASURES_OF_TOKENS}


class Judgement(NamedTuple):
    """What a panel says.

    Attributes
    ----------
    groups : dict of list of Figure
        By the name of what was measured. The first, ``panel``, holds ``panel_auc``: the largest figure of the
        classifiers, for no surrogate is better than its sharpest judge says.
    curves : list of Curve
        For plots.
    left_out : dict of str
        Measures that say nothing of these signals, with the reason.
    """

    groups: dict[str, list[Figure]]
    curves: list[Curve]
    left_out: dict[str, str]

    @property
    def figures(self) -> list[Figure]:
        """All figures."""
        return [figure for group in self.groups.values() for figure in group]


def judge(
    comparison: Comparison,
    *,
    only: Iterable[str] | None = None,
    also: Iterable[str] = (),
    progress: Callable[[str], None] = lambda name: None,
) -> Judgement:
    """Judge a surrogate.

    Parameters
    ----------
    comparison : Comparison
    only : iterable of str, optional
        Names of `MEASURES`, or of `MEASURES_OF_TOKENS` where signals are sequences of these; all of them by default.
    also : iterable of str
        Names of `EXTRA`: slow ones, scores of a field, and measures of plugins.
    progress : callable
        Called with the name of each measure as it starts.

    Raises
    ------
    ArgumentError
        For other names, or measures of values where signals are sequences of tokens, or the other way round.
    """
    usual, rare = (MEASURES_OF_TOKENS, {}) if comparison.spec.tokens else (MEASURES, EXTRA)
    suited = {**usual, **rare, **_of_plugins()}
    wanted = find([*(usual if only is None else only), *also])
    if unfit := [name for name in wanted if name not in suited]:
        signals = "sequences of tokens" if comparison.spec.tokens else "signals of values"
        msg = f"{', '.join(map(repr, unfit))} do not suit {signals}; these are judged by {', '.join(suited)}"
        raise ArgumentError(msg)
    groups: dict[str, list[Figure]] = {"panel": []}
    curves: list[Curve] = []
    left_out: dict[str, str] = {}
    for name in wanted:
        progress(name)
        try:
            groups[name], drawn = suited[name](comparison)
        except NotMeasured as reason:
            left_out[name] = str(reason)
            curves += reason.curves
        else:
            curves += drawn
    members = [figure for group in groups.values() for figure in group if figure.name.endswith("_auc")]
    if members:
        groups["panel"] = [largest(members)]
    return Judgement(groups, curves, left_out)


def find(names: Iterable[str]) -> list[str]:
    """These names, all of which are of measures.

    Raises
    ------
    ArgumentError
        If there is none of a name.
    """
    known, wanted = {**_BUILT_IN, **_of_plugins()}, list(names)
    if unknown := [name for name in wanted if name not in known]:
        broken = installed().broken_ones()
        msg = f"there is no measure {', '.join(map(repr, unknown))}; there are {', '.join(known)}{broken}"
        raise ArgumentError(msg)
    return wanted


def _of_plugins() -> dict[str, Measure]:
    """Measures that plugins offer (the hook `register_measures`)."""
    return installed().offered("register_measures", _named).things


def _named(name: Any, measure: Any) -> tuple[str, Measure]:
    if name in _BUILT_IN:
        msg = f"the measure {name!r} is built in: choose another name"
        raise PluginError(msg)
    name, measure = named_function(name, measure)
    return name, functools.partial(_measured, measure)


def _measured(measure: Measure, comparison: Comparison) -> Found:
    """What a plugin's measure gives; one that fails costs only its own figures."""
    try:
        figures, curves = measure(comparison)
        sound = all(isinstance(f, Figure) for f in figures) and all(isinstance(c, Curve) for c in curves)
        found = list(figures), list(curves)
    except NotMeasured:
        raise
    except Exception as error:  # a plugin may fail in any way
        msg = f"the plugin's measure failed: {cause(error)}"
        raise NotMeasured(msg) from error
    if not sound:
        msg = "the plugin's measure has to give a list of figures and a list of curves"
        raise NotMeasured(msg)
    return found


def largest(members: list[Figure]) -> Figure:
    """The figure of the judge that sees most, under the name ``panel_auc``, beside the largest floor."""
    sharpest = max(members, key=lambda figure: figure.value)
    floor = max(figure.floor for figure in members)
    at = [figure.copula for figure in members if figure.copula is not None]
    return Figure("panel_auc", sharpest.measured, floor, sharpest.n, sharpest.seed, max(at) if at else None)
