"""Model repositories of the repository's surrogate files."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gansurrogate_triton import export
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2


@pytest.fixture(scope="session")
def repository(file, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``repository(name, **options)``: the folder of one model, exported once."""

    @functools.cache
    def exported(name: str, **options: Any) -> Path:
        path = tmp_path_factory.mktemp("triton") / "models"
        export(file(name), path, **options)
        (model,) = path.iterdir()
        return model

    return exported


@pytest.fixture(scope="session")
def config() -> Callable[[Path], Any]:
    """``config(model)``: its configuration, as Triton's own message; a field that it does not know is an error."""

    def parsed(model: Path) -> Any:
        return text_format.Parse((model / "config.pbtxt").read_text("utf-8"), model_config_pb2.ModelConfig())

    return parsed
