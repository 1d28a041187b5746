"""Replace a slow or costly experiment by a generator: train once, ship one ``.onnx`` file, sample anywhere.

>>> import gansurrogate as gs
>>> surrogate = gs.load("noisy-sine.onnx")              # doctest: +SKIP
>>> signals = surrogate.sample(100_000, rng=7)          # doctest: +SKIP
"""

from gansurrogate.conditions import Condition as Condition
from gansurrogate.errors import SurrogateError as SurrogateError
from gansurrogate.guarding.guard import guard as guard
from gansurrogate.hookspecs import hookimpl as hookimpl
from gansurrogate.manifest import Manifest as Manifest
from gansurrogate.plugins import installed as _installed
from gansurrogate.reading import FileContent as FileContent
from gansurrogate.recorded import RecordedSignals as RecordedSignals
from gansurrogate.signals import Cost as Cost
from gansurrogate.signals import Sampler as Sampler
from gansurrogate.signals import SignalGenerator as SignalGenerator
from gansurrogate.spec import Axis as Axis
from gansurrogate.spec import SignalSpec as SignalSpec
from gansurrogate.surrogate import Surrogate as Surrogate
from gansurrogate.surrogate import load as load

__version__ = "0.2.0.dev0"


def register(signal_generator: SignalGenerator) -> None:
    """Make a signal generator of this program known under its name, beside the installed plugins."""
    _installed().register(signal_generator)


def signal_generator(name: str) -> SignalGenerator:
    """The installed or registered signal generator called `name`."""
    return _installed().signal_generator(name)
