"""Pictures of fields beside each other."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from gansurrogate.fidelity.estimate import Array
from gansurrogate.train.paired.planes import plane_shape


def gallery(fields: Mapping[str, Array], title: str) -> Figure:
    """One row of pictures per name, one column per field; equal colours are equal values within a row.

    Parameters
    ----------
    fields : mapping of name to array of shape (n, height, width) or (n, channels, height, width)
        Of three channels all are shown as colours, otherwise the first.
    """
    columns = min(len(values) for values in fields.values())
    figure = Figure(figsize=(1.4 * columns + 0.6, 1.5 * len(fields) + 0.4), layout="constrained")
    figure.suptitle(title)
    grid = figure.subplots(len(fields), columns, squeeze=False)
    for row, (name, values) in zip(grid, fields.items(), strict=True):
        low, high = float(np.min(values)), float(np.max(values))
        for axes, field in zip(row, values, strict=False):
            planes = field.reshape(plane_shape(field.shape))
            coloured = len(planes) == 3
            picture = (planes.transpose(1, 2, 0) - low) / (high - low or 1.0) if coloured else planes[0]
            axes.imshow(picture, vmin=None if coloured else low, vmax=None if coloured else high, cmap="viridis")
            axes.set(xticks=[], yticks=[])
        row[0].set_ylabel(name.replace("_", " "))
    return figure
