"""documentation/index.html: the unit in words, for the people who connect it."""

from html import escape

from gansurrogate.manifest import Manifest
from gansurrogate_fmu.variables import SECONDS, Variable

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{name}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid gray; }}
</style>
<h1>{name} {version}</h1>
<p>{description}</p>
<h2>Time</h2>
<p>The signal begins when the simulation begins, and has {samples} samples, one in {step:g} s{axis}. Between samples
the value is held: noise that is interpolated would have another spectrum. After the last one it is held, or with
<code>repeat</code> the next row begins. Parameters may be changed between steps; the outputs are then those of the new
signal at the same time.</p>
<h2>Variables</h2>
<table>
<tr><th>name</th><th>type</th><th>unit</th><th>range</th><th>what</th></tr>
{rows}
</table>
<h2>Origin</h2>
<p>Surrogate file with SHA-256 <code>{sha256}</code>. Licence: {license}. Citation: {citation}. Written by {tool}; with
<a href="licenses/onnxruntime-LICENSE">onnxruntime</a>
(<a href="licenses/onnxruntime-ThirdPartyNotices.txt">notices</a>).</p>
</html>
"""
SHOWN = 100


def documentation(manifest: Manifest, variables: list[Variable], step: float, tool: str) -> str:
    """The page, in HTML; `step` is the time from sample to sample [s]."""
    axis = manifest.spec.axes[-1]
    played = "" if axis.unit in SECONDS else f" of simulated time for each step of {axis.name}"
    rows = [_row(variable, manifest) for variable in variables[:SHOWN]]
    if more := len(variables) - SHOWN:
        rows += [f"<tr><td colspan=5>and {more} more</td></tr>"] if more > 0 else []
    return PAGE.format(
        name=escape(manifest.name),
        version=escape(manifest.version),
        description=escape(manifest.description),
        samples=manifest.spec.shape[-1],
        step=step,
        axis=escape(played),
        rows="\n".join(rows),
        sha256=manifest.file_sha256,
        license=escape(manifest.license or "not stated"),
        citation=escape(manifest.citation or "none"),
        tool=tool,
    )


def _row(variable: Variable, manifest: Manifest) -> str:
    levels = [", ".join(map(str, c.levels)) for c in manifest.spec.conditions if c.name == variable.levels]
    bounds = f"{variable.least} to {'...' if variable.most is None else variable.most}"
    limits = levels[0] if levels else "" if variable.least is None else bounds
    cells = (variable.name, variable.kind, variable.unit, limits, variable.description)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
