"""The report: one self-contained page that says what a surrogate can be used for, and why."""

from gansurrogate.fidelity.report.page import render as render
