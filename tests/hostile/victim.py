"""What a careful host does with a file from a stranger, under limits; run by test_corpus.py.

Names of files come on stdin; one line of JSON for each goes to a pipe.
Arguments: the number of the pipe, and the seconds that one file may take.
"""

import faulthandler
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import gansurrogate as gs
from gansurrogate.testing import check_surrogate

MORE_BYTES = 3 * 2**30  # beyond what the process takes before
CPU_SECONDS = 300
opened: list[str] = []


def limit() -> None:
    """Bound memory and, as a last resort, time, which is bounded file by file as well."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MORE_BYTES, size + MORE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)


def outcome(path: str, seconds: float) -> dict[str, Any]:
    """How it ends to load, test, sample and check the surrogate."""
    stage, began = "load", time.perf_counter()
    result: dict[str, Any] = {"error": "", "ours": True, "message": ""}
    opened.clear()
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        surrogate = gs.load(path, device="cpu", threads=1)
        stage = "self-test"
        surrogate.self_test()
        stage = "sample"
        surrogate.sample(7, conditions=surrogate.draw_conditions(7, rng=1), rng=1)
        stage = "check"
        check_surrogate(surrogate)
        stage = "signals"
    except BaseException as error:  # which one is the result
        result |= {"error": type(error).__name__, "ours": isinstance(error, gs.SurrogateError), "message": str(error)}
    faulthandler.cancel_dump_traceback_later()
    return result | {"stage": stage, "seconds": time.perf_counter() - began, "opened": list(opened)}


def main(report: TextIO, seconds: float) -> None:
    """Answer until stdin ends."""
    limit()
    for line in sys.stdin:
        json.dump(outcome(line.rstrip("\n"), seconds), report)
        report.write("\n")
        report.flush()


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "w") as pipe:
        main(pipe, float(sys.argv[2]))
