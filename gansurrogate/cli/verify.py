"""``gansurrogate verify``: is it the right file, and does this machine run it?"""

from pathlib import Path
from typing import Annotated

import typer

from gansurrogate.cli.console import Json
from gansurrogate.cli.doctor import report
from gansurrogate.verification import verify as findings

Model = Annotated[
    str, typer.Argument(help="The surrogate file, a name, a URI, or a wheel that carries one.", show_default=False)
]
Keys = Annotated[
    list[Path] | None,
    typer.Option("--key", metavar="PUBLIC", help="A public key that may have signed it; may be repeated."),
]
Require = Annotated[
    list[str] | None,
    typer.Option("--require", metavar="NAME<=X", help='A gate on a figure of the file, as "panel_auc<=0.6".'),
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, or an onnxruntime provider.")]


def verify(
    model: Model, key: Keys = None, require: Require = None, device: Device = "auto", json: Json = False
) -> None:
    """Check hash, signature, policy, gates, kernels and self-test of a surrogate. Exit code 1 if one of them fails."""
    report(findings(model, keys=key or (), require=require or (), device=device), json)
