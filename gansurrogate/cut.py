"""Cutting a graph: a tensor that its nodes compute is fed from outside instead."""

from gansurrogate.errors import SurrogateFileError
from gansurrogate.onnxfile import headed, scan

_FLOAT = b"\x08\x01"  # elem_type of a tensor's type; no shape: any will do


def fed_at(data: bytes, tensor: str) -> bytes:
    """The model with `tensor`, float32, as one more input; its other inputs and its weights stay as they are.

    The node that gives `tensor` gives it under a name that nothing reads. The input stands in a second part of the
    graph behind the first: a protobuf message that comes in parts is the sum of them.

    Raises
    ------
    SurrogateFileError
        If not exactly one node of the graph gives such a tensor.
    """
    name = tensor.encode()
    given = [span for node in scan(data).nodes if not node.depth for span in node.outputs if data[slice(*span)] == name]
    if len(given) != 1:
        msg = f"the graph can be cut at a tensor that one node gives; {len(given)} nodes give {tensor!r}"
        raise SurrogateFileError(msg)
    start, end = given[0]
    unread = b"\x01" * len(name)
    described = headed(1, name) + headed(2, headed(1, _FLOAT))
    return data[:start] + unread + data[end:] + headed(7, headed(11, described))
