"""Model cards and citations, read by those they are written for; text of a manifest stays text in them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard, metadata_load
from huggingface_hub.repocard_data import model_index_to_eval_results
from markdown_it import MarkdownIt

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.packages import markup
from gansurrogate.packages.card import model_card
from gansurrogate.packages.citation import citation_cff
from gansurrogate.surrogate_file import read_manifest

DATA = Path(__file__).parents[1] / "runtime" / "data"
FIGURES = {
    "panel_auc": {"value": 0.561, "floor": 0.512, "copula": 0.97, "n": 10000, "seed": 1, "against": "noisy-sine",
                  "interval": [0.55, 0.57], "date": "2026-11-21"},
    "ks_omega": {"value": 1e-05, "floor": 2e-06, "n": 10000, "against": "noisy-sine"},
    "held_out_auc": {"value": 1, "floor": 0.5},
}  # fmt: skip
HOSTILE = [
    "---\nlicense: mit\n---", "'\"}{][: - #!&*|>%@`", "<script>alert(1)</script>", "![x](http://e.org/x.png)",
    "</td></tr>", "a | b | c", "| --- |", "# heading", "- list", "1. list", "1) list", "===", "> quote", "`code`",
    "```\nfence", "~~~", "**b** _e_", "__init__ _x_ x_y", "[text][ref]", "[ref]: http://e.org", "<http://e.org>",
    "http://e.org", "www.e.org", "a@e.org", "&lt;&#60;", "$x$", "\\", "\\`", "line\u2028line\u2029line\x85line",
    "\ufeffmark", "1e5", "null", "~", "yes", "😀 Élan", "!!python/object:os.system", "{{ jinja }}", "*", "+", "+ list",
    "***", "\ud800",
]  # fmt: skip


def manifest(**changes: Any) -> gs.Manifest:
    golden = read_manifest(DATA / f"golden-{gs.__version__}.onnx")
    return replace(golden, **{"fidelity": FIGURES, "license": "Apache-2.0", **changes})


def filled(text: str) -> gs.Manifest:
    """A manifest that says `text` wherever it may say something."""
    spec = gs.SignalSpec(
        shape=(2, 16),
        unit=text,
        axes=[gs.Axis(text, text), gs.Axis(f"{text}2", text)],
        conditions=[
            gs.Condition("energy", unit=text, low=10, high=500, description=text),
            gs.Condition("kind", levels=[text, f"{text}2"]),
        ],
    )
    return manifest(
        name=text, version=text, license=text, citation=text, description=text, spec=spec,
        training={text: text, "file": text, "packages": {text: [text]}}, export={text: text},
        fidelity={text: {"value": 0.5, "floor": 0.4, "date": text, "against": text}},
    )  # fmt: skip


def text_of(card: str) -> str:
    return card.split("\n---\n", 1)[1]


def shape_of(text: str) -> list[str]:
    """What Markdown makes of a text: its blocks and marks, without what they say."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [part.type for token in tokens for part in (token, *(token.children or ())) if part.type != "text_special"]


def words_of(text: str) -> Iterator[str]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "inline":
            yield "".join(part.content for part in token.children or ())


def test_the_hub_reads_the_card_and_its_figures(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(model_card(manifest()), "utf-8")
    card = ModelCard.load(tmp_path / "README.md")
    assert (card.data.license, card.data.library_name) == ("apache-2.0", "gansurrogate")
    name, results = model_index_to_eval_results(metadata_load(tmp_path / "README.md")["model-index"])
    assert name == "golden"
    assert {result.metric_type: result.metric_value for result in results} == {
        name: figure["value"] for name, figure in FIGURES.items()
    }
    assert {result.dataset_name for result in results} == {"noisy-sine", "none"}
    (panel,) = [result for result in results if result.metric_type == "panel_auc"]
    assert panel.metric_args == {"floor": 0.512, "copula": 0.97, "n": 10000, "seed": 1}


@pytest.mark.parametrize(
    ("license", "expected"),
    [
        ("apache-2.0", {"license": "apache-2.0"}),
        ("GPL-3.0-or-later", {"license": "gpl-3.0"}),
        ("MIT OR Apache-2.0", {"license": "other", "license_name": "MIT OR Apache-2.0"}),
        ("LicenseRef-ours", {"license": "other", "license_name": "LicenseRef-ours"}),
        ("", {}),
    ],
)
def test_licences_are_said_as_the_hub_lists_them(license: str, expected: dict[str, str]) -> None:
    front = yaml.safe_load(model_card(manifest(license=license)).split("---")[1])
    assert {key: value for key, value in front.items() if key.startswith("license")} == expected


def test_the_card_says_how_to_use_the_surrogate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python runs as it stands, for signals with conditions, fields and tokens."""
    for name in ("golden", "fields", "text"):
        file = DATA / f"{name}-{gs.__version__}.onnx"
        (tmp_path / "surrogate.onnx").write_bytes(file.read_bytes())
        monkeypatch.chdir(tmp_path)
        card = model_card(read_manifest(file))
        (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
        drawn: dict[str, Any] = {}
        exec(compile(code, name, "exec"), drawn)
        assert drawn["signals"].shape == (1000, *drawn["surrogate"].spec.shape)
        assert f'gs.load("{name}")' in card
        assert read_manifest(file).file_sha256 in card


def test_the_value_shown_for_a_condition_is_inside_of_its_range() -> None:
    narrow = gs.SignalSpec(shape=(4,), conditions=[gs.Condition("energy", low=1_234_567.1, high=1_234_567.3)])
    (value,) = re.findall(r'"energy": ([0-9.e+]+)', model_card(manifest(spec=narrow)))
    assert 1_234_567.1 <= float(value) <= 1_234_567.3


def test_the_card_has_conditions_floors_limits_and_hashes() -> None:
    said = " ".join(text_of(model_card(manifest(citation="doi:10.1000/x.y", description="Pulses."))).split())
    assert "| energy | keV | 10 to 500 |" in said
    assert "| kind | none | a, b, c |" in said
    assert "| panel_auc | 0.561 | 0.512 | 0.97 | 10000 |" in said
    assert "<https://doi.org/10.1000/x.y>" in said
    assert "A condition outside its range is refused" in said
    assert "It was not judged" in model_card(manifest(fidelity={}))
    assert "model-index" not in model_card(manifest(fidelity={}))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_of_a_manifest_stays_text(text: str) -> None:
    plain = markup.one_line(text)
    card, harmless = model_card(filled(text)), model_card(filled("harmless"))
    front, expected = (yaml.safe_load(each.split("\n---\n", 1)[0]) for each in (card, harmless))
    assert front.keys() == expected.keys()
    assert (front["license"], front["license_name"]) == ("other", plain)
    (entry,) = front["model-index"]
    assert entry["name"] == entry["results"][0]["metrics"][0]["type"] == plain
    assert entry["results"][0]["dataset"] == {"type": plain, "name": plain}
    ours, others = (re.sub(r"\nInstalled as .*", "", text_of(each)) for each in (card, harmless))  # if it has a letter
    assert shape_of(ours) == shape_of(others)
    assert any(plain in words for words in words_of(ours))
    outside = re.sub(r"```.*?```", "", ours, flags=re.DOTALL)
    assert not re.search(r"(?<!\\):(?=//e\.org)|(?<=www)\.(?=e)", outside)  # some renderers make links of addresses


@pytest.fixture(scope="module")
def cffs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("citations")
    cases = [manifest(), *map(filled, HOSTILE)]
    cases += [manifest(license=text) for text in ("", "GPL-2.0-only", "MIT OR Apache-2.0", "LicenseRef-x", "zlib")]
    cases += [
        manifest(citation=text) for text in ("10.5281/zenodo.1", "https://doi.org/10.1000/182", "A. Author, 2026")
    ]
    for number, case in enumerate(cases):
        (folder / f"{number}.yaml").write_text(citation_cff(case), "utf-8")
    return folder


def test_citations_follow_the_schema_of_the_format(cffs: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, *cffs.iterdir()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("citation", "doi", "message"),
    [
        ("doi:10.1000/182", "10.1000/182", "please cite it as below."),
        ("https://doi.org/10.5281/zenodo.1", "10.5281/zenodo.1", "please cite it as below."),
        ("A. Author: Pulses, 2026", None, "please cite: A. Author: Pulses, 2026"),
        ("10.1000/1 and 10.1000/2", None, "please cite: 10.1000/1 and 10.1000/2"),
        ("", None, "please cite it as below."),
    ],
)
def test_a_citation_is_a_doi_or_a_reference(citation: str, doi: str | None, message: str) -> None:
    said = yaml.safe_load(citation_cff(manifest(citation=citation)))
    assert said.get("doi") == doi
    assert said["message"].endswith(message)
    assert said["identifiers"][0]["value"] == f"sha256:{manifest().file_sha256}"


# --- the command ------------------------------------------------------------------------------------


def test_the_command_prints_the_card_or_writes_both_files(golden: Path, tmp_path: Path, capsys) -> None:
    assert run(["card", str(golden)]) == 0
    assert capsys.readouterr().out == model_card(read_manifest(golden))
    assert run(["card", str(golden), "-o", str(tmp_path)]) == 0
    assert (tmp_path / "README.md").read_text() == model_card(read_manifest(golden))
    assert (tmp_path / "CITATION.cff").read_text() == citation_cff(read_manifest(golden))
    (tmp_path / "README.md").write_text("my own")
    assert run(["card", str(golden), "-o", str(tmp_path)]) == 2
    assert "there is one already" in " ".join(capsys.readouterr().err.split())
    assert (tmp_path / "README.md").read_text() == "my own"
    assert run(["card", str(golden), "-o", str(tmp_path), "--force"]) == 0
    assert run(["card", str(golden), "-o", str(tmp_path / "new")]) == 0
    assert run(["card", str(golden), "-o", str(tmp_path / "missing" / "new")]) == 2
