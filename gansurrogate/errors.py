"""Every error this package raises: one base, and the built-in each refines.

Catch `SurrogateError` for all of them, or the built-in (`ValueError`, `ImportError`, ...) as usual.
A message says what was expected, what came, and what to try.
"""


class SurrogateError(Exception):
    """Base of all errors of gansurrogate."""


# --- a call that cannot be answered ------------------------------------------------------------


class ArgumentError(SurrogateError, ValueError):
    """An argument has an impossible value, shape or combination."""


class ArgumentTypeError(SurrogateError, TypeError):
    """An argument has the wrong type."""


class SpecError(SurrogateError, ValueError):
    """A signal specification contradicts itself, or a signal contradicts its specification."""


class ConditionError(SurrogateError, ValueError):
    """A condition is missing, unknown, of the wrong shape or outside its range."""


# --- a file that is not a sound surrogate --------------------------------------------------------


class SurrogateFileError(SurrogateError, ValueError):
    """The file is not a readable surrogate file."""


class ManifestError(SurrogateFileError):
    """The manifest is missing or does not follow its schema."""


class SchemaVersionError(ManifestError):
    """The manifest follows a schema this version does not know."""


class IntegrityError(SurrogateFileError):
    """The file's SHA-256 differs from the one it carries: it was damaged or changed."""


class SignatureError(SurrogateFileError):
    """The signature is missing, malformed, of other bytes, wrong, or by a key that is not trusted or was revoked."""


class ExternalDataError(SurrogateFileError):
    """The file keeps weights in other files; a surrogate is one file."""


class OperatorError(SurrogateFileError):
    """The graph holds an operator a surrogate may not hold."""


class GraphMismatchError(SurrogateFileError):
    """The graph's inputs or output differ from what the manifest says."""


class WheelError(SurrogateFileError):
    """The wheel is not one that `gansurrogate package` writes, or not safe to install."""


class SelfTestError(SurrogateError, ArithmeticError):
    """The surrogate does not reproduce the values its file promises on this machine."""


# --- the surroundings ----------------------------------------------------------------------------


class MissingPackageError(SurrogateError, ImportError):
    """An optional package is needed and absent (or two that exclude each other are present)."""


class PolicyError(SurrogateError, PermissionError):
    """The policy of this machine refuses the surrogate, or cannot be used itself: then nothing is loaded."""


class DeviceError(SurrogateError, RuntimeError):
    """The requested device cannot be honoured."""


class SamplingError(SurrogateError, RuntimeError):
    """onnxruntime failed while it computed signals."""


class DriftError(SurrogateError, RuntimeError):
    """A guarded surrogate and its simulator have drifted apart."""


class PluginError(SurrogateError, RuntimeError):
    """A plugin is broken, clashes with another one, or breaks its contract."""


class UnknownNameError(SurrogateError, LookupError):
    """No signal generator, recipe, exporter or surrogate has this name."""


class FetchError(SurrogateError, OSError):
    """A surrogate from elsewhere could not be had, or must not be; nothing was left half-written."""


class OutputError(SurrogateError, OSError):
    """A result could not be written; nothing was left half-written."""


# --- training ------------------------------------------------------------------------------------


class RecordingsError(SurrogateError, ValueError):
    """A file of recordings cannot be used for training."""


class TrainingError(SurrogateError, RuntimeError):
    """Training cannot go on."""


class ExportError(SurrogateError, RuntimeError):
    """The exported file does not reproduce the trained generator."""
