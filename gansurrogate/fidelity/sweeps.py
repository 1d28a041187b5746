"""All sweeps of a surrogate: along its leading latents, and along each of its conditions."""

from typing import NamedTuple

from gansurrogate.errors import SurrogateFileError
from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.condition_sweep import ConditionSweep, condition_sweeps, middle
from gansurrogate.fidelity.latent_sweep import LatentSweep, latent_sweeps
from gansurrogate.fidelity.network import Network
from gansurrogate.signals import Sampler
from gansurrogate.surrogate_file import Source

SIGNALS = (50, 200)  # on each side at a step of a condition: a tenth of those compared, within these bounds


class Sweeps(NamedTuple):
    """What a report shows of them.

    Attributes
    ----------
    latents : list of LatentSweep
    conditions : list of ConditionSweep
    left_out : dict of str
        What was not swept, with the reason.
    """

    latents: list[LatentSweep]
    conditions: list[ConditionSweep]
    left_out: dict[str, str]


def sweeps(model: Source, surrogate: Sampler, comparison: Comparison, real: Sampler | None) -> Sweeps:
    """Sweep a surrogate.

    Parameters
    ----------
    model : path or bytes
        Its file: the graph is cut at the latents.
    surrogate : Sampler
        The same, loaded.
    comparison : Comparison
        Its first real signal lends the values of array conditions.
    real : Sampler, optional
        The signal generator; without one the surrogate's conditions are swept alone.
    """
    if comparison.spec.tokens:
        return Sweeps([], [], {})  # ids have no mean and no band
    arrays = {c.name: comparison.other.conditions[c.name][0] for c in comparison.spec.conditions if c.shape}
    n = min(max(len(comparison.real) // 10, SIGNALS[0]), SIGNALS[1])
    along = condition_sweeps(surrogate, real, n, arrays=arrays, seed=comparison.seed)
    try:
        latents = latent_sweeps(Network(model), middle(comparison.spec, arrays), seed=comparison.seed)
    except SurrogateFileError as error:
        return Sweeps([], along, {"latents": str(error)})
    return Sweeps(latents, along, {})
