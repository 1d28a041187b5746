"""The examples in README and docs run as they stand."""

import importlib.util
import re
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.plugins import Plugins

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]


def examples(page: str) -> str:
    """The page's Python blocks, one after the other."""
    blocks = re.findall(r"^( *)```python\n(.*?)^\1```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    return "\n".join(re.sub(f"(?m)^{indent}", "", code) for indent, code in blocks)


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)])
def test_examples_of_a_page_run(
    page: str, noisy_sine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noisy-sine.onnx").write_bytes(noisy_sine_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSURROGATE_PATH", "")  # an example sets it; afterwards it is put back
    plugins = Plugins()  # what an example registers stays in it
    monkeypatch.setattr(gs, "register", plugins.register)
    exec(compile(examples(page), page, "exec"), {"__name__": page})


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
