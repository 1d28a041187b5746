"""``gansurrogate package``: a surrogate as a wheel, which pip installs on the machines that sample."""

import hashlib
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from gansurrogate import places
from gansurrogate.cli.arguments import Model
from gansurrogate.cli.console import Json, print_json, stderr, stdout
from gansurrogate.cli.exporters import find_exporter
from gansurrogate.errors import OutputError
from gansurrogate.files import make_folder, naming
from gansurrogate.packages.wheels import name_of_wheel, surrogate_of_wheel
from gansurrogate.surrogate_file import read_manifest

Folder = Annotated[Path, typer.Option("-o", "--output", help="The folder that receives the wheel.")]
Name = Annotated[str | None, typer.Option("--name", help="To load it by; by default the surrogate's own.")]
Version = Annotated[str | None, typer.Option("--version", help="Of the package; by default the surrogate's.")]
Force = Annotated[bool, typer.Option("--force", help="Replace another wheel of this name and version.")]


def package(
    model: Model,
    output: Folder = Path(),
    name: Name = None,
    version: Version = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Package a surrogate as a wheel: `pip install` it where signals are drawn, and load it by its name."""
    export = find_exporter("wheel", "surrogate")
    found = places.find(model)
    read_manifest(found)  # before a folder is made for it
    make_folder(output)
    with tempfile.TemporaryDirectory(dir=output, prefix=".package-") as scratch:
        manifest = export(found, scratch, name=name, version=version)
        (written,) = Path(scratch).iterdir()
        wheel = output / written.name
        if not force:
            _check_new(wheel, written, manifest.name)
        _, signature = surrogate_of_wheel(written)
        with naming(wheel):
            written.replace(wheel)
    known_as = name_of_wheel(wheel)
    if known_as != (name or manifest.name):
        stderr.print(f"packages have plain names: {name or manifest.name!r} is loaded as {known_as!r}", soft_wrap=True)
    lines = {"install": f"pip install {wheel.name}", "load": f'gs.load("{known_as}")'}
    if json:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        about = {"wheel": str(wheel), "name": known_as, "bytes": wheel.stat().st_size, "sha256": digest}
        print_json({**about, "signed": signature is not None, **lines})
        return
    stdout.print(str(wheel), soft_wrap=True)
    stdout.print(f"on the other machine: {lines['install']}", soft_wrap=True)
    stdout.print(f"in the program there: {lines['load']}", soft_wrap=True)


def _check_new(wheel: Path, written: Path, name: str) -> None:
    """A name stands for one surrogate, and a name and a version for one wheel: pip and mirrors keep what they saw.

    Raises
    ------
    OutputError
        If beside `wheel` there is one of another surrogate by the same name, or another one of this version.
    """
    package = wheel.name.partition("-")[0]
    for beside in sorted(wheel.parent.glob(f"{package}-*.whl")):
        if (other := read_manifest(surrogate_of_wheel(beside)[0]).name) != name:
            msg = (
                f"cannot write {wheel}: {beside.name} packages {other!r}, whose name becomes the same as that of"
                f" {name!r}: give a --name, or --force"
            )
            raise OutputError(msg)
    if wheel.exists() and wheel.read_bytes() != written.read_bytes():
        msg = f"cannot write {wheel}: there is one already, with another content: give a higher --version, or --force"
        raise OutputError(msg)
