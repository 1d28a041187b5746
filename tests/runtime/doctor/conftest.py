"""Asking the doctor, or one of its checks, in a fresh process whose surroundings are made for real."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gansurrogate.doctor import Finding

LOOK = """
import json, sys
from dataclasses import asdict
from gansurrogate.doctor import {module}
print(json.dumps([asdict(finding) for finding in {module}.{check}(*sys.argv[1:])]))
"""
DIAGNOSE = """
import json, sys
from dataclasses import asdict
from gansurrogate.doctor import diagnose
print(json.dumps([asdict(finding) for finding in diagnose(*sys.argv[1:])]))
"""


@pytest.fixture
def look(run_python: Callable[..., Any]) -> Callable[..., list[Finding]]:
    """``look("threads.check_threads", *arguments, before=program, **environment)``; ``"diagnose"`` for everything."""

    def run(check: str, *arguments: object, before: str = "", **environment: str) -> list[Finding]:
        module, _, name = check.partition(".")
        program = LOOK.format(module=module, check=name) if name else DIAGNOSE
        done = run_python(before + program, *arguments, **environment)
        return [Finding(**finding) for finding in json.loads(done.stdout)]

    return run


@pytest.fixture(scope="session")
def only() -> Callable[[Iterable[Finding], str], Finding]:
    """``only(findings, what)``: the one finding about `what`."""

    def pick(findings: Iterable[Finding], what: str) -> Finding:
        (found,) = [finding for finding in findings if finding.what == what]
        return found

    return pick
