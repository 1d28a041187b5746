"""Two of MLServer's gRPC converters, replaced when this is imported.

MLServer 1.7 makes a Python number of each value of a tensor: for 1000 signals of 300 values that takes twice as
long as to draw them, on the thread that serves everybody. It answers INTERNAL where a client's message is broken, and
writes a traceback into its log for each mistake of a client. Other models on the same server get what MLServer would
give them, but for that.
"""

import logging
import struct
from typing import Any

from mlserver.errors import MLServerError
from mlserver.grpc import dataplane_pb2 as protocol
from mlserver.grpc import servicers
from mlserver.grpc.converters import ModelInferRequestConverter, ModelInferResponseConverter

from gansurrogate_mlserver.reply import Reply
from gansurrogate_mlserver.tensors import MOST_DIMENSIONS

_CONTENTS = {"FP32": "fp32_contents", "INT64": "int64_contents"}


class Requests(ModelInferRequestConverter):
    """A message that contradicts itself is the client's mistake."""

    @classmethod
    def to_types(cls, pb_object: Any) -> Any:
        """The request in MLServer's types."""
        given, raw = len(pb_object.inputs), len(pb_object.raw_input_contents)
        try:
            if raw not in (0, given):
                msg = f"{given} inputs need as many raw_input_contents; got {raw}"
                raise ValueError(msg)
            for each in pb_object.inputs:
                if len(each.shape) > MOST_DIMENSIONS:  # MLServer would multiply the sizes
                    msg = f"input {each.name!r} has {len(each.shape)} dimensions; at most {MOST_DIMENSIONS} are read"
                    raise ValueError(msg)
            return super().to_types(pb_object)
        except (ValueError, LookupError, struct.error) as error:
            msg = f"the request cannot be read: {error}"
            raise MLServerError(msg) from error


class Replies(ModelInferResponseConverter):
    """A `Reply` becomes a message without a look at each value."""

    @classmethod
    def from_types(cls, type_object: Any, use_raw: bool = False) -> Any:
        """The message. `use_raw`: the client sent raw contents, so it is given such."""
        if not isinstance(type_object, Reply):
            return super().from_types(type_object, use_raw=use_raw)
        message = protocol.ModelInferResponse(
            model_name=type_object.model_name, model_version=type_object.model_version or "", id=type_object.id or ""
        )
        for tensor, values in type_object.outputs:
            output = message.outputs.add(name=tensor.name, datatype=tensor.datatype, shape=values.shape)
            if use_raw:
                message.raw_output_contents.append(values.tobytes())
            else:
                getattr(output.contents, _CONTENTS[tensor.datatype]).extend(values.ravel().tolist())
        return message


def brief(record: logging.LogRecord) -> bool:
    """A filter for logs: a client's mistake is told without a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, MLServerError) and error.status_code < 500:
        record.exc_info = None
    return True


logging.getLogger("mlserver.grpc").addFilter(brief)
servicers.ModelInferRequestConverter, servicers.ModelInferResponseConverter = Requests, Replies
