"""Export a surrogate file as an FMI 2.0 co-simulation unit."""

from gansurrogate_fmu.export import export as export
