"""A reply that is written as it is sent: an array goes out as its bytes, or as JSON by one call, not value by value."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gansurrogate_mlserver.tensors import Tensor

if TYPE_CHECKING:
    from mlserver.types import Parameters


# The one float32 magnitude, of all that there are (tried), whose shortest digits, 7.038531e-26, make another float32
# when they are read as a double and rounded, as JSON's readers do.
AMBIGUOUS = np.uint32(0x15AE43FD).view(np.float32)


class Reply(Response):
    """What MLServer takes for its ``InferenceResponse``, and FastAPI for an answer that is ready to be sent.

    Attributes
    ----------
    model_name, model_version, id, parameters
        As in the Open Inference Protocol; MLServer sets `id` and `parameters`.
    outputs : list of (Tensor, array)
    """

    def __init__(self, model_name: str, model_version: str | None, outputs: list[tuple[Tensor, NDArray[Any]]]) -> None:
        super().__init__(media_type="application/json")
        self.model_name, self.model_version, self.outputs = model_name, model_version, outputs
        self.id: str | None = None
        self.parameters: Parameters | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as JSON. Numbers have the digits that tell float32 values apart, and make the same ones again."""
        text = orjson.dumps(self._told(_digits), option=orjson.OPT_SERIALIZE_NUMPY)
        await Response(text, media_type=self.media_type)(scope, receive, send)

    def model_dump(self) -> dict[str, Any]:
        """The reply as the protocol's JSON, for MLServer's streams."""
        return self._told(np.ndarray.tolist)

    def _told(self, data: Callable[[NDArray[Any]], Any]) -> dict[str, Any]:
        outputs = [
            {"name": tensor.name, "datatype": tensor.datatype, "shape": values.shape, "data": data(values.ravel())}
            for tensor, values in self.outputs
        ]
        named = {"model_name": self.model_name, "model_version": self.model_version, "id": self.id}
        return {key: value for key, value in named.items() if value is not None} | {"outputs": outputs}


def _digits(values: NDArray[Any]) -> NDArray[Any]:
    """`values` in the precision to be written in: their own, if its digits are enough for all of them."""
    return values.astype(np.float64) if (np.abs(values) == AMBIGUOUS).any() else values
