"""Checks in a process of their own: a driver may crash or hang there, and libraries may print."""

import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from gansurrogate.doctor.finding import Finding, guarded

SECONDS = 120.0  # the first look at a card may read a gigabyte of libraries over the network
FIX = "repair the driver, or use --device cpu"
LOGGED = "[E:onnxruntime"
_PROGRAM = "from gansurrogate.doctor.child import answer; answer()"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FRILLS = re.compile(r".*\[ONNXRuntimeError\] : \d+ : \w+ : |^.*?\[E:onnxruntime[^]]*\] ")  # time, place, status


def ask(
    check: Callable[..., Iterable[Finding]], *arguments: str, seconds: float = SECONDS
) -> tuple[list[Finding], list[str]]:
    """Run ``check(*arguments)`` in another Python.

    Returns
    -------
    findings : list of Finding
        Up to where the process ended; an early end is one more.
    remarks : list of str
        The errors that onnxruntime logged meanwhile.
    """
    program = [sys.executable, "-P", "-c", _PROGRAM, f"{check.__module__}:{check.__qualname__}", *arguments]
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    environment = {**os.environ, "PYTHONPATH": path}
    try:
        done = subprocess.run(
            program, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
        out, err, end = done.stdout, done.stderr, _end(done.returncode)
    except subprocess.TimeoutExpired as expired:
        out, err, end = expired.stdout or b"", expired.stderr or b"", f"did not end within {seconds:g} s"
    lines = [line.strip() for line in _COLOUR.sub("", err.decode(errors="replace")).splitlines() if line.strip()]
    # A line that was cut off by the end has no line feed.
    findings = [Finding(**json.loads(line)) for line in out.splitlines(keepends=True) if line.endswith(b"\n")]
    if end:
        value = f"the process that looked at it {end}; it said last: {lines[-1] if lines else 'nothing'}"
        findings.append(Finding(arguments[0], value, "problem", FIX))
    return findings, [_FRILLS.sub("", line) for line in lines if LOGGED in line]


def answer() -> None:
    """What the other Python does: one JSON line for each finding, at once."""
    with os.fdopen(os.dup(1), "w") as channel:
        os.dup2(2, 1)  # what libraries print is not an answer
        name, *arguments = sys.argv[1:]
        for finding in guarded(arguments[0], partial(pkgutil.resolve_name(name), *arguments)):
            channel.write(json.dumps(asdict(finding)) + "\n")
            channel.flush()


def _end(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}" if code else ""
