"""`SurrogateRuntime`: MLServer's door to `gansurrogate.load` and `Surrogate.sample`."""

import asyncio
import functools
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from mlserver import MLModel
from mlserver.errors import MLServerError, ModelNotReady
from mlserver.types import InferenceRequest, MetadataModelResponse, MetadataTensor, Parameters
from mlserver.utils import get_model_uri

import gansurrogate as gs
from gansurrogate import processors
from gansurrogate.arguments import seed_of
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, SurrogateError
from gansurrogate.plain import listed, printable
from gansurrogate.signals import SignalArray
from gansurrogate_mlserver import converters  # noqa: F401  # puts them in place
from gansurrogate_mlserver.export import Options
from gansurrogate_mlserver.memory import keep_freed_memory
from gansurrogate_mlserver.reply import Reply
from gansurrogate_mlserver.tensors import Tensor, inputs_of, outputs_of, read_inputs

MISTAKES = (ArgumentError, ArgumentTypeError, ConditionError)  # of the client


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Where all surrogates of the server draw: a request is one thread's work, and onnxruntime lets go of the GIL."""
    return ThreadPoolExecutor(processors.available(), "gansurrogate")


class SurrogateRuntime(MLModel):
    """A surrogate as a model of MLServer. Ready when it has passed its self-test here.

    There is nothing to unload: what is being drawn holds the surrogate until it is done.
    """

    async def load(self) -> bool:
        """Load the file, as ``gs.load`` does, and run its self-test."""
        uri = await get_model_uri(self.settings)
        options = Options(**(self.settings.parameters.extra or {}))
        keep_freed_memory()
        load = functools.partial(_load, uri, options.device)
        self._surrogate = await asyncio.get_running_loop().run_in_executor(_pool(), load)
        spec = self._surrogate.spec
        self._most = options.most_for(spec)
        self._inputs = {each.name: each for each in inputs_of(spec)}
        self._outputs = {each.name: each for each in outputs_of(spec)}
        return True

    async def metadata(self) -> MetadataModelResponse:
        """The protocol's metadata. The spec, with ranges and levels, is JSON in a parameter: gRPC takes text only."""
        if not self.ready:
            raise ModelNotReady(self.name, self.version)
        manifest = self._surrogate.manifest
        return MetadataModelResponse(
            name=self.name,
            versions=[self.version] if self.version else [],
            platform="gansurrogate",
            inputs=[_described(each) for each in self._inputs.values()],
            outputs=[_described(each) for each in self._outputs.values()],
            parameters=Parameters(
                surrogate=manifest.name,
                surrogate_version=manifest.version,
                file_sha256=manifest.file_sha256,
                most=self._most,
                spec=json.dumps(manifest.spec.to_dict()),
            ),
        )

    async def predict(self, payload: InferenceRequest) -> Any:
        """Draw the rows that a request asks for; a `Reply`."""
        try:
            given = read_inputs(self._inputs, payload.inputs)
            n, start, seed = given.pop("n"), given.pop("start", 0), seed_of(given.pop("seed", None))
            if not 1 <= n <= self._most:
                msg = f"n is from 1 to {self._most} in one request; got {n}: take the next rows with start"
                raise ArgumentError(msg)
            wanted = [each.name for each in payload.outputs or ()] or list(self._outputs)
            if unknown := [name for name in wanted if name not in self._outputs]:
                msg = f"unknown output {unknown[0]!r}; there are {', '.join(self._outputs)}"
                raise ArgumentError(msg)
            if len(set(wanted)) < len(wanted):  # each would be another copy in the reply
                msg = f"an output is given once; got {listed(wanted)}"
                raise ArgumentError(msg)
            draw = functools.partial(self._surrogate.sample, n, conditions=given, rng=seed, start=start)
            signals: SignalArray = await asyncio.get_running_loop().run_in_executor(_pool(), draw)
        except SurrogateError as error:
            # What can be passed to `sample` in Python only is no advice for a client.
            message = printable(str(error).partition("; pass domain=")[0])
            raise MLServerError(message, 400 if isinstance(error, MISTAKES) else 500) from error
        drawn = {"signal": signals, "seed": np.array([seed], np.int64)}
        return Reply(self.name, self.version, [(self._outputs[name], drawn[name]) for name in wanted])


def _load(path: str | os.PathLike[str], device: str) -> gs.Surrogate:
    surrogate = gs.load(path, device=device, threads=1)
    surrogate.self_test()
    return surrogate


def _described(tensor: Tensor) -> MetadataTensor:
    return MetadataTensor(
        name=tensor.name,
        datatype=tensor.datatype,
        shape=list(tensor.shape),
        parameters=Parameters(unit=tensor.unit, description=tensor.description, optional=tensor.optional),
    )
