"""Export a surrogate file as a model repository of the Triton Inference Server."""

from gansurrogate_triton.export import export as export
