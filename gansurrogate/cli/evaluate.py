"""``gansurrogate evaluate``: how far a surrogate can be trusted, as a page and in the file itself."""

import datetime
import platform
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

import gansurrogate
from gansurrogate import places
from gansurrogate.arguments import check_integer, seed_of
from gansurrogate.checked import CheckedFile
from gansurrogate.cli.against import real_sample, recorded_signals, recovering, signal_generator
from gansurrogate.cli.arguments import Model
from gansurrogate.cli.console import Json, print_json, print_table, stderr
from gansurrogate.cli.reading import ChannelsLast, Dataset, Stride, Window, read_options
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.places.names import is_name
from gansurrogate.places.uris import shown
from gansurrogate.requirements import Requirement
from gansurrogate.surrogate import Surrogate, load
from gansurrogate.surrogate_file import errors_name, read, write_manifest
from gansurrogate.trust.bundle import SUFFIX

if TYPE_CHECKING:
    from gansurrogate.fidelity.panel import Judgement

Against = Annotated[str, typer.Option("--against", help="A signal generator, or a file of recordings not trained on.")]
Page = Annotated[Path | None, typer.Option("-o", "--output", help="The page to write; beside MODEL by default.")]
Count = Annotated[int, typer.Option("-n", help="Signals on each side; of a file at most half of its signals.")]
Seed = Annotated[int, typer.Option("--seed", help="Of signals and judges.")]
Training = Annotated[
    str | None, typer.Option("--training", help="The file that was trained on: tests whether it is repeated.")
]
Features = Annotated[
    str | None, typer.Option("--features", help="Signal generator that recovers parameters from recordings.")
]
Also = Annotated[list[str] | None, typer.Option("--with", help="A slow measure, or a field's score; may be repeated.")]
Require = Annotated[
    list[str] | None, typer.Option("--require", help='A gate, as "spectral_auc<=0.55": else exit with 1.')
]
Write = Annotated[
    bool | None,
    typer.Option(
        "--write/--no-write",
        help="Keep the figures in the surrogate file; not by default where MODEL is a name or a URI.",
    ),
]


def evaluate(
    model: Model,
    against: Against,
    output: Page = None,
    n: Count = 5000,
    seed: Seed = 1,
    training: Training = None,
    features: Features = None,
    also: Also = None,
    require: Require = None,
    write: Write = None,
    window: Window = None,
    stride: Stride = None,
    dataset: Dataset = None,
    channels_last: ChannelsLast = False,
    json: Json = False,
) -> None:
    """Judge a surrogate against real signals, and write a page that says what it can be used for."""
    from gansurrogate.fidelity import Comparison, judge
    from gansurrogate.fidelity.panel import find
    from gansurrogate.fidelity.report import render
    from gansurrogate.fidelity.sweeps import sweeps
    from gansurrogate.fidelity.vocabulary import lacks

    reading = read_options(against, window, stride, dataset, None, False, channels_last)
    gates = [Requirement.parse(text) for text in require or ()]
    find(also or ())
    n, seed = check_integer(n, "n", least=1), seed_of(seed)
    found = places.find(model)
    own = Path(model) if found is model else None  # the user's own; what a name or a URI leads to is only read
    if own:
        with errors_name(own):
            found = CheckedFile(own, read(own)[0])  # judging takes long, and the file may be another one meanwhile
    surrogate = load(found)
    page = check_writable(output or _page(own, surrogate.manifest), found, against, training)
    if write is None:
        write = own is not None
    if write:
        check_writable(_writable(own, model))
    with stderr.status(Text(f"getting signals of {against}")) as status:
        real = real_sample(against, reading, 2 * n, seed, surrogate.spec)
        known = None if training is None else recorded_signals(training, reading, surrogate.spec)
        recover = recovering(features or against, surrogate.spec)
        comparison = Comparison.of(surrogate, real, recover, seed=seed, copula=True, training=known)
        judgement = judge(comparison, also=also or (), progress=lambda name: status.update(f"judging: {name}"))
        status.update("sweeping latents and conditions")
        swept = sweeps(found, surrogate, comparison, signal_generator(against))
        status.update("drawing")
        said = _provenance(own.name if own else shown(model), surrogate, against, training)
        if lacking := lacks(surrogate.spec, real.signals):
            said["tokens it does not know"] = f"{100 * lacking:.2f} % of the real ones"
        html = render(surrogate.manifest.name, comparison, judgement, said, swept)
    manifest = surrogate.manifest
    if write:
        manifest = write_manifest(_writable(own, model), _noted(manifest, judgement, against))
        if (before := surrogate.manifest.schema) < manifest.schema:
            stderr.print(f"{model}: upgraded from schema {before} to {manifest.schema}", soft_wrap=True)
        if Path(f"{model}{SUFFIX}").exists():
            stderr.print(f"{model}{SUFFIX} is void, since the file has new figures: sign it again", soft_wrap=True)
    with atomic_write(page) as file:
        file.write(html.encode())
    values = {figure.name: figure.value for figure in judgement.figures}
    kept = [gate for gate in gates if gate.holds(values)]
    _show(judgement, page, manifest, gates, kept, json)
    if len(kept) < len(gates):
        raise typer.Exit(1)


def _page(own: Path | None, manifest: Manifest) -> Path:
    if own:
        return own.with_suffix(".html")
    return Path(f"{manifest.name if is_name(manifest.name) else 'surrogate'}.html")


def _writable(own: Path | None, model: str) -> Path:
    if own is None:
        msg = f"figures are kept in a file of your own; {shown(model)} is none: copy it, or leave --write out"
        raise ArgumentError(msg)
    return own


def _noted(manifest: Manifest, judgement: "Judgement", against: str) -> Manifest:
    """The manifest with the new figures beside those of the training."""
    when = {"against": Path(against).name, "date": str(datetime.date.today())}
    plain = [figure.to_dict() for figure in judgement.figures]
    figures = {each["name"]: {**each, **when} for each in plain if None not in (each["value"], each["floor"])}
    return replace(manifest, fidelity={**manifest.fidelity, **figures})


def _provenance(model: str, surrogate: Surrogate, against: str, training: str | None) -> dict[str, Any]:
    manifest, trained = surrogate.manifest, surrogate.manifest.training
    said = {
        "surrogate": f"{model}, {manifest.name} {manifest.version}",
        "SHA-256 of graph and weights": manifest.graph_sha256,
        "signal": f"{' x '.join(map(str, surrogate.spec.shape))} values, {surrogate.spec.unit or 'no unit'}",
        "trained on": trained.get("signal_generator") or trained.get("file", "not stated"),
        "training": f"{trained.get('steps')} steps, seed {trained.get('seed')}",
        "judged against": Path(against).name,
        "date": str(datetime.date.today()),
        "judged by": f"gansurrogate {gansurrogate.__version__} on {platform.machine()}",
        "licence": manifest.license or "not stated",
        "citation": manifest.citation or "none",
    }
    return said if training is None else {**said, "memory tested against": Path(training).name}


def _show(
    judgement: "Judgement", page: Path, manifest: Manifest, gates: list[Any], kept: list[Any], json: bool
) -> None:
    from gansurrogate.fidelity.figure import spoken
    from gansurrogate.fidelity.verdict import verdict

    said = verdict(judgement.figures)
    if json:
        findings = [finding._asdict() for finding in said.findings]
        print_json(
            {
                "page": str(page), "graph_sha256": manifest.graph_sha256, "file_sha256": manifest.file_sha256,
                "verdict": {"summary": said.summary, "findings": findings},
                "fidelity": [figure.to_dict() for figure in judgement.figures],
                "left_out": judgement.left_out,
                "requirements": {str(gate): gate in kept for gate in gates},
            }
        )  # fmt: skip
        return
    columns = ("figure", "surrogate", "95 % interval", "real against real", "copula")
    rows = []
    for f in judgement.figures:
        copula = "" if f.copula is None else f"{f.copula:.3f}"
        interval = f"{f.measured.low:.3f} to {f.measured.high:.3f}"
        rows.append((spoken(f.name), f"{f.value:.3f}", interval, f"{f.floor:.3f}", copula))
    print_table(f"{manifest.name}: {judgement.figures[0].n} signals on each side", columns, rows)
    stderr.print(said.summary, soft_wrap=True)
    for finding in said.findings:
        grade = Text(f"{finding.said} ", style={"good": "green", "fair": "yellow", "poor": "red"}[finding.grade])
        stderr.print(grade + Text(f"{finding.aspect}: {finding.text}"), soft_wrap=True)
    for name, reason in judgement.left_out.items():
        stderr.print(f"not measured: {name} ({reason})", soft_wrap=True)
    for gate in gates:
        stderr.print(f"{gate}: {'kept' if gate in kept else 'missed'}")
    stderr.print(str(page), soft_wrap=True)
