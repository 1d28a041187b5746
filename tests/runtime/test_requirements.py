"""Gates are read, kept or missed, and misread ones are answered."""

import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.requirements import Requirement

FIGURES = {"spectral_auc": 0.55}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("spectral_auc<=0.55", True),
        (" spectral_auc < .55 ", False),
        ("spectral_auc>=5.5e-1", True),
        ("spectral_auc>0.6", False),
    ],
)
def test_a_gate_is_kept_or_missed(text: str, kept: bool) -> None:
    assert Requirement.parse(text).holds(FIGURES) is kept


@pytest.mark.parametrize("text", ["", "spectral_auc", "spectral_auc=0.5", "<=0.5", "a<=b", "a<=.", "a<=1e", "a<=1 b"])
def test_what_is_no_gate_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="reads NAME<=NUMBER"):
        Requirement.parse(text)


def test_a_gate_on_a_figure_that_was_not_measured_names_those_that_were() -> None:
    with pytest.raises(ArgumentError, match=r"'fid'.*spectral_auc"):
        Requirement.parse("fid<=3").holds(FIGURES)


def test_a_gate_reads_as_it_was_written() -> None:
    assert str(Requirement.parse("spectral_auc <= 0.550")) == "spectral_auc<=0.55"
