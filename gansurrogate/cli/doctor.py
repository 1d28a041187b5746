"""``gansurrogate doctor``: will surrogates run on this machine, and on what?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from gansurrogate import places
from gansurrogate.cli.console import Json, print_json, stdout
from gansurrogate.doctor import Finding, diagnose

Model = Annotated[
    str | None,
    typer.Argument(help="A surrogate to check, load and time: a file, a name, or a URI.", show_default=False),
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, or an onnxruntime provider.")]
STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
WIDTH = 22  # of the names of what was looked at


def doctor(model: Model = None, device: Device = "auto", json: Json = False) -> None:
    """Look at this machine and name the fix for each problem; nothing is changed. Exit code 1 if there is one."""
    report(diagnose(None if model is None else _file(model), device), json)


def report(findings: Sequence[Finding], json: bool) -> None:
    """Print findings; with a problem among them the exit code is 1."""
    counts = Counter(finding.level for finding in findings)
    if json:
        said = [asdict(finding) for finding in findings]
        print_json({"problems": counts["problem"], "warnings": counts["warning"], "findings": said})
    else:
        for finding in findings:
            _print(finding)
        stdout.print(f"\nproblems: {counts['problem']}, warnings: {counts['warning']}")
    if counts["problem"]:
        raise typer.Exit(1)


def _file(model: str) -> Path:
    """The file to look at; it is looked at in another process."""
    found = places.find(model)
    if isinstance(found, bytes):
        msg = f"a plugin gives the content of {model!r}, not a file: save it into one"
        raise typer.BadParameter(msg)
    path = Path(found)
    if not path.is_file():
        msg = f"{str(path)!r} {'is a directory' if path.is_dir() else 'does not exist'}"
        raise typer.BadParameter(msg)
    return path


def _print(finding: Finding) -> None:
    """Two lines at most, neither folded, so that a fix can be copied."""
    style = STYLES[finding.level]
    value = " ".join(finding.value.split())  # errors of others may have several lines
    line = Text(f"{finding.level:8} ", style) + Text(f"{finding.what:{WIDTH}} {value}", "default")
    stdout.print(line, soft_wrap=True)
    if finding.fix:
        stdout.print(f"{'':9}{'':{WIDTH}} -> {finding.fix}", soft_wrap=True)
