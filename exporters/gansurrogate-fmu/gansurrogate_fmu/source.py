"""unit.h: what the C code of a unit is compiled with."""

import math
from collections.abc import Iterable

from gansurrogate.manifest import Manifest
from gansurrogate.spec import SignalSpec
from gansurrogate_fmu.variables import Variable, channels, numbers

MODEL = "surrogate.onnx"


def unit_header(manifest: Manifest, variables: list[Variable], *, guid: str, step: float, library: str) -> str:
    """The header's text; `library` is the file name of onnxruntime's library, `step` as in the model description."""
    spec = manifest.spec
    start = {variable.name: variable.start for variable in variables}
    first = 3  # seed, row and repeat come before the conditions
    values = [str(variable.start) for variable in variables[first:] if variable.start is not None]
    return f"""\
/* {channels(spec)} x {spec.shape[-1]} values: generated for this unit. */
#ifndef UNIT_H
#define UNIT_H

#include "condition.h"

#define UNIT_NAME {_string(manifest.name)}
#define UNIT_GUID {_string(guid)}
#define UNIT_MODEL {_string(MODEL)}
#define UNIT_LIBRARY {_string(library)}
#define UNIT_SEED {start["seed"]}
#define UNIT_ROW {start["row"]}
#define UNIT_VALUES {{{_listed([*values, "0"])}}}
#define SAMPLE_TIME {step!r} /* [s] */
#define SIGNAL_IS_INTEGER {int(bool(spec.tokens))}

enum {{ CHANNELS = {channels(spec)}, SAMPLES = {spec.shape[-1]}, CONDITIONS = {len(spec.conditions)}, \
VALUES = {len(values)} }};
typedef {"int64_t" if spec.tokens else "float"} Value;

{_conditions(spec)}
#endif
"""


def _conditions(spec: SignalSpec) -> str:
    arrays, entries, first = [], [], 0
    for i, c in enumerate(spec.conditions):
        size = math.prod(c.shape)
        arrays.append(f"static const int64_t SHAPE_{i}[] = {{{_listed([1, *c.shape])}}};")
        levels = "NULL"
        if c.levels:
            levels = f"LEVELS_{i}"
            arrays.append(f"static const double {levels}[] = {{{_listed(numbers(c))}}};")
        names = (_string(c.name), _string(_range(c.describe(), c.levels, numbers(c))))
        bounds = (repr(float(c.low or 0)), repr(float(c.high or 0)))
        fields = (*names, first, size, *bounds, levels, len(c.levels), f"SHAPE_{i}", 1 + len(c.shape))
        entries.append(f"  {{{_listed(fields)}}},")
        first += size
    end = "  {NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL, 0}"  # C has no empty arrays
    return "\n".join([*arrays, "static const Condition CONDITION[] = {", *entries, end, "};", ""])


def _range(description: str, levels: Iterable[object], values: list[int]) -> str:
    """For messages: the range, or the number of each level."""
    pairs = [f"{value} ({level})" for level, value in zip(levels, values, strict=True)]
    return ", ".join(pairs) or description


def _listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items))


def _string(text: str) -> str:
    """A C string literal: UTF-8, with everything that is not a plain character in octal."""
    plain = (chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}" for byte in text.encode())
    return f'"{"".join(plain)}"'
