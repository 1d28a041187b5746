"""The model card of a surrogate, written from its manifest.

It is in the form that the Hugging Face Hub reads: YAML in front, Markdown after it. A manifest may come from anybody;
its text stays text.
"""

import json
from typing import Any

from gansurrogate.conditions import Condition
from gansurrogate.manifest import Manifest
from gansurrogate.packages.citation import doi_of
from gansurrogate.packages.hub import front_matter, judged_against
from gansurrogate.packages.markup import markdown, table, yaml
from gansurrogate.packages.wheels import short_name
from gansurrogate.plain import LONGEST


def model_card(manifest: Manifest, *, name: str | None = None) -> str:
    """The model card: YAML for the Hub, then the text.

    Parameters
    ----------
    manifest : Manifest
    name : str, optional
        Under which it is packaged; by default what its own name becomes.
    """
    return f"---\n{yaml(front_matter(manifest))}---\n\n{card_text(manifest, name=name)}"


def card_text(manifest: Manifest, *, name: str | None = None) -> str:
    """The text of the model card, in Markdown; see `model_card`."""
    sections = {
        "Use it": _use(manifest, name or short_name(manifest.name)),
        "The signals": _signals(manifest),
        "How good it is": _fidelity(manifest),
        "Limits": _limits(manifest),
        "Where it comes from": _origin(manifest),
        "Licence and citation": _rights(manifest),
        "Hashes": _hashes(manifest),
    }
    described = f"{markdown(manifest.description)}\n\n" if manifest.description.strip() else ""
    lead = (
        f"# {markdown(manifest.name)}\n\n{described}A surrogate, version {markdown(manifest.version)}: one ONNX file"
        " that draws signals like those of the experiment or simulator it was trained on. It needs gansurrogate, numpy"
        " and onnxruntime; no PyTorch, and no network.\n"
    )
    return "\n".join([lead, *(f"## {title}\n\n{text.rstrip()}\n" for title, text in sections.items())])


def _use(manifest: Manifest, name: str) -> str:
    given = ", ".join(
        f"{json.dumps(c.name, ensure_ascii=False)}: {_example(c)}"
        for c in manifest.spec.conditions
        if c.name not in manifest.spec.left_open
    )
    wanted = f"conditions={{{given}}}, " if given else ""
    code = f"signals = surrogate.sample(1000, {wanted}rng=1)  # {(1000, *manifest.spec.shape)} {manifest.spec.dtype}"
    arrays = "import numpy as np\n" if "np.full" in given else ""
    installed = (
        f"\n\nInstalled as a package (`pip install gansurrogate-model-{name}`, or from the wheel that"
        f' `gansurrogate package` writes) it is `gs.load("{name}")`.'
        if name
        else ""
    )
    return (
        "```sh\npip install 'gansurrogate[cpu]'  # or [gpu]\n```\n\n"
        f'```python\nimport gansurrogate as gs\n{arrays}\nsurrogate = gs.load("surrogate.onnx")\n{code}\n'
        f"surrogate.self_test()  # raises if this machine does not reproduce the file's values\n```{installed}"
    )


def _example(condition: Condition) -> str:
    """A value of the condition, as Python."""
    if condition.levels:
        value = json.dumps(condition.levels[0], ensure_ascii=False)
    else:
        assert condition.low is not None
        assert condition.high is not None
        middle = (condition.low + condition.high) / 2
        short = f"{middle:g}"
        value = short if condition.low <= float(short) <= condition.high else repr(middle)
    return f"np.full({condition.shape}, {value})" if condition.shape else value


def _signals(manifest: Manifest) -> str:
    spec = manifest.spec
    values = f"ids of {len(spec.tokens)} tokens" if spec.tokens else markdown(spec.unit) or "a number without unit"
    axes = table(
        ("axis", "samples", "start", "step", "unit"),
        (
            (markdown(axis.name), str(size), f"{axis.start:g}", f"{axis.step:g}", markdown(axis.unit) or "none")
            for axis, size in zip(spec.axes, spec.shape, strict=True)
        ),
    )
    if not spec.conditions:
        return f"Values: {values}.\n\n{axes}\n\nThere are no conditions to set."
    conditions = table(
        ("condition", "unit", "range", "shape", "what"),
        (
            (
                markdown(c.name),
                markdown(c.unit) or "none",
                markdown(", ".join(map(str, c.levels[:20])) + (", ..." if len(c.levels) > 20 else ""))
                or f"{c.low:g} to {c.high:g}",
                markdown(" x ".join(map(str, c.shape))) or "one value",
                markdown(c.description) or "-",
            )
            for c in spec.conditions
        ),
    )
    return f"Values: {values}.\n\n{axes}\n\nWhat is set for each signal:\n\n{conditions}"


def _fidelity(manifest: Manifest) -> str:
    if not manifest.fidelity:
        return "It was not judged. `gansurrogate evaluate` compares it with real signals and notes figures in the file."
    rows = (
        (
            markdown(name),
            *(_number(figure.get(key)) for key in ("value", "floor", "copula", "n")),
            markdown(judged_against(manifest, figure)),
            markdown(figure.get("date", "-")),
        )
        for name, figure in sorted(manifest.fidelity.items())
    )
    head = ("figure", "surrogate", "floor: real against real", "untrained copula", "signals", "against", "date")
    return (
        "A figure says something only beside its floor, the same measurement of real signals against other real ones:"
        " no surrogate can be expected below it.\n\n" + table(head, rows)
    )


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else markdown("-" if value is None else value)


def _limits(manifest: Manifest) -> str:
    test = manifest.self_test
    exact = "the same tokens" if manifest.spec.tokens else f"within {test.atol:.3g} + {test.rtol:.3g} * |value|"
    asked = (
        "- A condition outside its range is refused. What the surrogate says there is not known to be right.\n"
        if manifest.spec.conditions
        else ""
    )
    return (
        f"{asked}- Row *i* depends on the file, the seed, *i* and the conditions of *i*, and on nothing else: the same"
        " bits for any cut of the stream on one machine and build of onnxruntime; across machines and devices the"
        f" file's self-test promises {exact}.\n"
        "- It cannot know more than the signals it was trained on. Drawing more rows makes the error of a mean smaller,"
        " not the error of the surrogate."
    )


def _origin(manifest: Manifest) -> str:
    facts = {**manifest.training, **{f"export: {key}": value for key, value in manifest.export.items()}}
    return table(("what", "value"), ((markdown(key), markdown(_said(value))) for key, value in facts.items()))


def _said(value: Any) -> str:
    """A fact on one line; of a recipe its name, since its settings are in the manifest for who wants them."""
    if isinstance(value, dict):
        value = value.get("name") or ", ".join(f"{key} {_said(part)}" for key, part in value.items())
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _rights(manifest: Manifest) -> str:
    doi, text = doi_of(manifest.citation), markdown(manifest.citation)
    cited = f"<https://doi.org/{doi}>" if doi else text or "not stated; `CITATION.cff` has what is known"
    return f"- Licence (SPDX): {markdown(manifest.license) or 'not stated'}\n- To cite: {cited}"


def _hashes(manifest: Manifest) -> str:
    rows = (
        ("`file_sha256`", "the file, with these 64 digits as zeros", markdown(manifest.file_sha256)),
        ("`graph_sha256`", "graph and weights, whatever the manifest says", markdown(manifest.graph_sha256)),
    )
    text = "They stand in the manifest and are checked when the file is loaded. They show damage, not origin."
    return f"{table(('SHA-256', 'over', 'digits'), rows)}\n\n{text}"
