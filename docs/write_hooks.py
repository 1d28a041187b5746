"""Write docs/hooks.md from the docstrings of ``gansurrogate/hookspecs.py``: ``python docs/write_hooks.py``."""

import inspect
import re
import textwrap
from pathlib import Path

from gansurrogate import hookspecs
from gansurrogate.plugins import hook_names

PAGE = Path(__file__).with_name("hooks.md")
HEAD = """\
# The hooks

Written by `docs/write_hooks.py` from `gansurrogate/hookspecs.py`: change the text there.

A plugin implements any of these functions, marked `@gs.hookimpl`, in the module that its entry point names
([plugins](plugins.md)). They are called by keyword: take the arguments that you want, in any order. Later versions may
add arguments; none is taken away. Write plain functions: wrappers, coroutines and generators are refused. A program
that wants a hook for itself registers an object that has it, before it loads a surrogate:
`gansurrogate.plugins.installed().manager.register(MyHooks())`.

What goes wrong in a plugin is an error, or an entry of `gansurrogate plugins`, that names the plugin, its distribution
and the cause; the host lives on. Hooks whose names begin with `register_` offer things by name: a name of two plugins
is an error for whoever asks for it.

The examples below are whole plugins, with these two lines at the top:

```python
import numpy as np

import gansurrogate as gs
```

"""


def page() -> str:
    """The page's text."""
    names = sorted(hook_names(), key=lambda name: inspect.getsourcelines(getattr(hookspecs, name))[1])
    rows = [f"| [`{name}`](#{name}) | {_summary(name)} |" for name in names]
    table = "\n".join(["| hook | what it is for |", "|---|---|", *rows])
    return HEAD + table + "\n" + "".join(f"\n{_section(name)}" for name in names)


def example(name: str) -> str:
    """The example of a hook, as Python."""
    return _parts(name)["Examples"]


def _summary(name: str) -> str:
    return _ticks(_parts(name)[""].split(". ")[0].split("\n\n")[0].replace("\n", " ").rstrip("."))


def _section(name: str) -> str:
    parts, hook = _parts(name), getattr(hookspecs, name)
    text = [f"## {name}", f"`{name}({', '.join(inspect.signature(hook).parameters)})`", _ticks(_joined(parts[""]))]
    for title, word in (("Parameters", "Takes"), ("Returns", "Gives")):
        if title in parts:
            text.append(f"{word}\n\n{_entries(parts[title])}")
    return "\n\n".join([*text, f"```python\n{parts['Examples'].strip()}\n```"]) + "\n"


def _parts(name: str) -> dict[str, str]:
    """The sections of a numpydoc docstring, by their titles; what comes before them by none."""
    text = inspect.getdoc(getattr(hookspecs, name))
    pieces = re.split(r"(?m)^(\w+)\n-{3,}\n", text or "")
    return {"": pieces[0].strip()} | dict(zip(pieces[1::2], pieces[2::2], strict=True))


def _entries(section: str) -> str:
    """A list of numpydoc entries: what it is, and the indented lines that say more."""
    entries = re.split(r"\n(?=\S)", section.strip())
    lines = []
    for entry in entries:
        head, _, body = entry.partition("\n")
        said = _ticks(_joined(textwrap.dedent(body)).strip())
        lines.append(textwrap.indent(f"- **{_bare(head)}**{f': {said}' if said else ''}", "  ")[2:])
    return "\n".join(lines)


def _bare(head: str) -> str:
    """The name and type of an entry; stars stand for themselves."""
    return head.replace("*", r"\*")


def _joined(text: str) -> str:
    """Each paragraph on lines of its own length."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(textwrap.fill(part, 120, break_on_hyphens=False, break_long_words=False) for part in paragraphs)


def _ticks(text: str) -> str:
    return text.replace("``", "`").replace("(n, *shape)", r"(n, \*shape)")


if __name__ == "__main__":
    PAGE.write_text(page())
