import pytest
import torch

from gansurrogate.errors import ArgumentError, DeviceError
from gansurrogate.train.devices import pick


def test_the_processor_is_always_there() -> None:
    assert pick("cpu") == torch.device("cpu")


def test_auto_takes_what_there_is() -> None:
    assert pick("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cpu:0", "", "mps"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match="auto, cpu, cuda or cuda:N"):
        pick(name)


def test_a_missing_gpu_is_an_error_and_not_a_processor() -> None:
    with pytest.raises(DeviceError, match="'cuda:99' is asked for, but PyTorch"):
        pick("cuda:99")
