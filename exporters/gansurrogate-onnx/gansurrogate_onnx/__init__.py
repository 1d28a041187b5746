"""Export a trained generator as one self-contained ONNX file: row law, network and manifest inside."""

from gansurrogate_onnx.export import export as export
from gansurrogate_onnx.reduced import export_reduced as export_reduced
