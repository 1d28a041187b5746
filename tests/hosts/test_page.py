"""What docs/hosts.md prints is what its examples do."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "hosts.md"


def test_every_block_is_a_part_of_the_example_that_is_linked_before_it(examples: Path) -> None:
    before, shown = "", set()
    for text, block in re.findall(r"(.*?)^```py\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE):
        before = re.findall(r"\(hosts/(\w+\.py)\)", text)[-1]
        assert block in (examples / before).read_text(), before
        shown.add(before)
    assert shown == {path.name for path in examples.glob("*.py")}


def test_every_example_has_a_test(examples: Path) -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    for path in examples.glob("*.py"):
        assert path.stem in tests
