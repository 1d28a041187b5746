"""What the site writes itself while it is built, so that it cannot be out of date.

In a page the comment ``<!-- generated: NAME -->`` stands for the text of the function of that name. Two things of the
pages are put right for Sphinx: stars in docstrings, and links to folders of the repository, which are no pages.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from gansurrogate.cli.app import app as command_line
from gansurrogate.plugins import exporter, exporter_names

ROOT = Path(__file__).parents[1]


def commands() -> str:
    """Every command with its arguments and options, from the command line's own description of itself."""
    command = get_command(command_line)
    text = get_docs_for_click(obj=command, ctx=Context(command, info_name="gansurrogate"), name="gansurrogate")
    first = text.index("## `gansurrogate ")
    return re.sub(r"(?m)^\* `--help`: Show this message and exit\.\n", "", text[first:])


def exporters() -> str:
    """The function of each installed exporter, under its package's own words."""
    sections = []
    for name in sorted(exporter_names()):
        function = exporter(name)
        package = import_module(function.__module__.partition(".")[0])
        about = f"## `{name}`\n\n{(inspect.getdoc(package) or '').replace('``', '`')}"
        sections.append(f"{about}\n\n```{{eval-rst}}\n.. autofunction:: {package.__name__}.{function.__name__}\n```\n")
    return "\n".join(sections)


def schemas() -> str:
    """The published JSON Schemas of the manifest, the newest first."""
    files = sorted((ROOT / "gansurrogate" / "schemas").glob("*.json"), reverse=True)
    shown = "## `{0.name}`\n\n```{{literalinclude}} /../gansurrogate/schemas/{0.name}\n:language: json\n```\n"
    return "\n".join(map(shown.format, files))


GENERATED = {"commands": commands, "exporters": exporters, "schemas": schemas}


def _write_generated(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = re.sub(r"<!-- generated: (\w+) -->", lambda match: GENERATED[match[1]](), source[0])


def _escape_stars(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """``(n, *shape)`` in a docstring is no emphasis."""
    lines[:] = [re.sub(r"(?<=[\s(,])\*(?=\w)", r"\\*", line) for line in lines]


def _folders_as_text(app: Sphinx, page: nodes.document) -> None:
    folder = Path(app.env.doc2path(app.env.docname)).parent
    for link in list(page.findall(pending_xref)):
        if link.get("reftype") == "myst" and folder.joinpath(link["reftarget"]).is_dir():
            link.replace_self(link.children)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _write_generated)
    app.connect("autodoc-process-docstring", _escape_stars, priority=400)  # before napoleon's 500
    app.connect("doctree-read", _folders_as_text)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
