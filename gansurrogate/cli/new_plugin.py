"""``gansurrogate new-plugin``: a complete project to start a plugin from."""

import datetime
import keyword
import re
import sys
import tempfile
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import gansurrogate
from gansurrogate.cli.console import stderr, stdout
from gansurrogate.discovery.entrypoints import EXPORTERS, GROUP, announced
from gansurrogate.errors import ArgumentError
from gansurrogate.files import naming
from gansurrogate.optional import package as optional_package
from gansurrogate.plugins import installed

TEMPLATES = Path(gansurrogate.__file__).parent / "templates"
FAMILY = "gansurrogate-"  # what many distributions' names begin with, and names of entry points do not
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(StrEnum):
    """What the plugin offers."""

    signals = "signals"
    exporter = "exporter"


class License(StrEnum):
    """Licences whose text is at hand, by their SPDX names."""

    mit = "MIT"
    bsd = "BSD-3-Clause"
    apache = "Apache-2.0"


Name = Annotated[str, typer.Argument(help="Of the distribution: gansurrogate-pulses, acme-waves.", show_default=False)]
What = Annotated[Kind, typer.Option("--kind", help="What the plugin offers.")]
Licence = Annotated[License, typer.Option("--license", help="Of the project.")]
Author = Annotated[str | None, typer.Option("--author", help="Who holds the copyright.")]
Folder = Annotated[Path, typer.Option("--folder", help="Where the project's folder is made.")]


def new_plugin(
    name: Name,
    kind: What = Kind.signals,
    license: Licence = License.mit,
    author: Author = None,
    folder: Folder = Path(),
) -> None:
    """Make a project for a plugin: it installs, passes its tests and can be trained on; put your physics into it."""
    short = _check(name, kind)
    copier = optional_package("copier", "new-plugin")
    project = folder / name
    if project.exists():
        msg = f"{project} is there already: give another name, or another --folder"
        raise ArgumentError(msg)
    if not folder.is_dir():
        msg = f"there is no folder {folder}"
        raise ArgumentError(msg)
    answers = {
        "kind": kind.value, "name": name, "short": short, "package": name.replace("-", "_"),
        "classname": "".join(word.capitalize() for word in short.split("-")), "license": license.value,
        "author": _one_line(author or f"the authors of {name}"), "year": datetime.date.today().year,
        "since": ".".join(gansurrogate.__version__.split(".")[:2]),
    }  # fmt: skip
    # Beside its place, and moved there when it is complete: nothing half-written is left.
    with naming(project, "; nothing was written there"), tempfile.TemporaryDirectory(dir=folder) as scratch:
        copier.run_copy(str(TEMPLATES), scratch + "/made", data=answers, defaults=True, quiet=True)
        Path(scratch, "made").rename(project)
    for path in sorted(path for path in project.rglob("*") if path.is_file()):
        stdout.print(str(path), soft_wrap=True)
    install = f"pip install -e '{project}[test]' && python -m pytest {project}"
    then = f"gansurrogate train {short} -o {short}.onnx" if kind is Kind.signals else "gansurrogate list"
    stderr.print(f"try: {install} && {then}; then make it yours: {project / 'README.md'}", soft_wrap=True)


def _check(name: str, kind: Kind) -> str:
    """The name of the entry point and of what is offered.

    Raises
    ------
    ArgumentError
        If the name cannot be that of a distribution, package and entry point, or is taken.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not NAME.fullmatch(name):
        hint = f"; try {plain}" if NAME.fullmatch(plain) else ""
        msg = f"a plugin's name is words of a-z and 0-9 with single hyphens between, a letter first; got {name!r}{hint}"
        raise ArgumentError(msg)
    short, package = name.removeprefix(FAMILY), name.replace("-", "_")
    if not short[0].isalpha():  # what is called so becomes a class
        msg = f"after {FAMILY} a name begins with a letter; got {name!r}"
        raise ArgumentError(msg)
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or find_spec(package) is not None:
        msg = f"the package {package} would hide a module of that name: choose another name, such as {FAMILY}{plain}"
        raise ArgumentError(msg)
    for each in announced(GROUP if kind is Kind.signals else EXPORTERS):
        if each.name == short:
            msg = f"{each.distribution} has a plugin {short!r} already: choose another name"
            raise ArgumentError(msg)
    if kind is Kind.signals and short in installed().signal_generators:
        msg = f"there is a signal generator {short!r} already, and two of one name exclude each other: choose another"
        raise ArgumentError(msg)
    return short


def _one_line(author: str) -> str:
    if not author.isprintable() or '"' in author or "\\" in author:  # it goes into a TOML text
        msg = f"the author is one line without quotation marks and backslashes; got {author!r}"
        raise ArgumentError(msg)
    return author
