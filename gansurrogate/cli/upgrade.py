"""``gansurrogate upgrade``: a surrogate file of an older schema becomes one of the present schema."""

from pathlib import Path
from typing import Annotated

import typer

from gansurrogate import surrogate_file
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.files import check_writable
from gansurrogate.trust.bundle import SUFFIX
from gansurrogate.upgrades import SCHEMA

Model = Annotated[Path, typer.Argument(help="The surrogate file.", show_default=False)]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="The file to write; by default MODEL is replaced.")]


def upgrade(model: Model, output: Output = None, json: Json = False) -> None:
    """Rewrite a surrogate file of an older schema in the present one; its signals stay bit for bit the same.

    Older files are read as they are. Since the bytes of the file change, signatures of the old file are void.
    """
    target = check_writable(model) if output is None else check_writable(output, model)
    before = surrogate_file.read_manifest(model)
    changes = surrogate_file.upgrade(model, output)
    manifest = surrogate_file.read_manifest(target)
    signature = Path(f"{target}{SUFFIX}")
    void = str(signature) if changes and signature.exists() else None
    if json:
        print_json(
            {
                "output": str(target), "from": before.schema, "to": SCHEMA, "changes": list(changes), "void": void,
                "graph_sha256": manifest.graph_sha256, "file_sha256": manifest.file_sha256,
            }
        )  # fmt: skip
        return
    if not changes:
        copied = "" if output is None else f"; copied to {output}"
        stderr.print(f"{model} follows schema {SCHEMA}, the present one: nothing to upgrade{copied}", soft_wrap=True)
        return
    stderr.print(f"{target}: from schema {before.schema} to {SCHEMA}", soft_wrap=True)
    for change in changes:
        stderr.print(f"  {change}", soft_wrap=True)
    if void:
        stderr.print(f"{void} is void, since the file is another one: sign it again", soft_wrap=True, style="yellow")
