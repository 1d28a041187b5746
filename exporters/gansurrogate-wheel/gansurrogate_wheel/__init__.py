"""Package a surrogate file as a wheel, which pip installs and `gansurrogate.load` finds by its name."""

from gansurrogate_wheel.export import export as export
