"""The Python examples in docs run as they stand, and every command there exists. Whole pages: test_stories.py."""

import importlib.util
import re
from pathlib import Path

import pytest
import typer

import gansurrogate as gs
from gansurrogate.cli.app import app
from gansurrogate.plugins import Plugins

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]
STORIES = ["README.md", *(page for page in PAGES if page.startswith("docs/tutorials/"))]  # run by test_stories.py


def examples(page: str) -> str:
    """The page's Python blocks, one after the other."""
    blocks = re.findall(r"^( *)```python\n(.*?)^\1```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    return "\n".join(re.sub(f"(?m)^{indent}", "", code) for indent, code in blocks)


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page) and page not in STORIES])
def test_examples_of_a_page_run(
    page: str, noisy_sine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noisy-sine.onnx").write_bytes(noisy_sine_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSURROGATE_PATH", "")  # an example sets it; afterwards it is put back
    plugins = Plugins()  # what an example registers stays in it
    monkeypatch.setattr(gs, "register", plugins.register)
    exec(compile(examples(page), page, "exec"), {"__name__": page})


def test_commands_of_all_pages_exist() -> None:
    """Their names and options; those of README and tutorials also run."""
    known = typer.main.get_command(app).commands
    for page in PAGES:
        text = (ROOT / page).read_text().replace("\\\n", " ")
        shell = "\n".join(re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE))
        commands = re.findall(r"gansurrogate ([a-z][\w-]*)(.*)", shell) + re.findall(
            r"`gansurrogate ([a-z][\w-]*)([^`]*)`", text
        )
        for name, rest in commands:
            assert name in known, f"{page}: gansurrogate {name}"
            options = {
                option for parameter in known[name].params for option in [*parameter.opts, *parameter.secondary_opts]
            }
            given = set(re.findall(r"(?<= )--?[a-zA-Z][\w-]*", re.split(r" #|[|;&]", rest)[0]))
            assert given <= {*options, "--help"}, f"{page}: gansurrogate {name} has no {given - options}"


def test_links_lead_to_files() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / page).read_text()):
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_the_page_of_the_hooks_is_that_of_the_hook_specification() -> None:
    found = importlib.util.spec_from_file_location("write_hooks", ROOT / "docs" / "write_hooks.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert module.PAGE.read_text() == module.page(), "run: python docs/write_hooks.py"
