"""``gansurrogate card``: the model card and the citation of a surrogate."""

from pathlib import Path
from typing import Annotated

import typer

from gansurrogate import places
from gansurrogate.cli.arguments import Model
from gansurrogate.cli.console import stderr, stdout
from gansurrogate.errors import OutputError
from gansurrogate.files import atomic_write, make_folder
from gansurrogate.packages.card import model_card
from gansurrogate.packages.citation import citation_cff
from gansurrogate.packages.wheels import CARD, CITATION
from gansurrogate.surrogate_file import read_manifest

Folder = Annotated[
    Path | None,
    typer.Option("-o", "--output", help=f"The folder that receives {CARD} and {CITATION}; else the card is printed."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]


def card(model: Model, output: Folder = None, force: Force = False) -> None:
    """Write the model card (Hugging Face form) and the citation (CITATION.cff) of a surrogate from its manifest."""
    manifest = read_manifest(places.find(model))
    if output is None:
        stdout.out(model_card(manifest), end="")
        return
    make_folder(output)
    texts = {output / CARD: model_card(manifest), output / CITATION: citation_cff(manifest)}
    if not force and (there := [str(path) for path in texts if path.exists()]):
        msg = f"cannot write {' and '.join(there)}: there is one already; replace it with --force"
        raise OutputError(msg)
    for path, text in texts.items():
        with atomic_write(path) as file:
            file.write(text.encode())
        stderr.print(str(path), soft_wrap=True)
