"""Files that are not whole, not ONNX, or changed: each is refused with its own error that names the file."""

import random
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.digests import sealed
from gansurrogate.errors import IntegrityError, SurrogateFileError
from gansurrogate.onnxfile import scan
from gansurrogate.surrogate_file import read_manifest

OLD = Path(__file__).parent / "data" / "golden-0.1.0.onnx"


@pytest.mark.parametrize("percent", range(1, 100, 7))
def test_a_truncated_file_is_refused(golden_bytes, refuse, percent):
    refuse(golden_bytes[: len(golden_bytes) * percent // 100], SurrogateFileError, "truncated, damaged")


def test_no_beginning_of_the_file_loads(golden_bytes):
    for length in [*range(64), *range(64, len(golden_bytes), 97), *range(len(golden_bytes) - 64, len(golden_bytes))]:
        with pytest.raises(SurrogateFileError):
            gs.load(golden_bytes[:length])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:12ab\nsize 20117\n", "git lfs pull"),
        (b"<!DOCTYPE html>\n<title>404</title>\n", "this is a text file .*DOCTYPE"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "not a whole ONNX model"),
        (b"PK\x03\x04" + bytes(100), "not a whole ONNX model"),
        (bytes(1000), "not a whole ONNX model"),
        (b"\xff" * 1000, "not a whole ONNX model"),
        (random.Random(1).randbytes(5000), "not a whole ONNX model"),
    ],
    ids=["empty", "git-lfs", "html", "npy", "zip", "zeros", "ones", "random"],
)
def test_other_files_are_recognised(refuse, data, message):
    refuse(data, SurrogateFileError, message)


def test_bytes_that_are_no_surrogate_are_refused():
    with pytest.raises(SurrogateFileError, match=r"^the surrogate: the file is empty"):
        gs.load(b"")


def test_trailing_bytes_are_refused(golden_bytes, protobuf, refuse):
    refuse(golden_bytes + protobuf.field(2, "changed"), IntegrityError, "SHA-256")
    refuse(golden_bytes + b"\0", SurrogateFileError, "damaged")


def weights(golden_bytes, protobuf):
    """Where the raw data of each initializer lies."""
    ((_, _, start, end),) = [span for span in protobuf.spans(golden_bytes) if span[0] == 7]
    for number, _, first, last in protobuf.spans(golden_bytes, start, end):
        if number == 5:
            yield from [span[2:] for span in protobuf.spans(golden_bytes, first, last) if span[0] == 9]


def test_any_flipped_bit_of_a_weight_is_an_integrity_error(golden_bytes, protobuf, refuse):
    places = list(weights(golden_bytes, protobuf))
    assert len(places) > 10
    for number, (start, end) in enumerate(places):
        damaged = bytearray(golden_bytes)
        damaged[(start + end) // 2] ^= 1 << number % 8
        with pytest.raises(IntegrityError):
            read_manifest(bytes(damaged))
    refuse(bytes(damaged), IntegrityError, "graph and weights have SHA-256 .* damaged or changed; copy the file again")


def test_without_verify_a_flipped_weight_loads(golden, golden_bytes, protobuf):
    start, end = max(weights(golden_bytes, protobuf), key=lambda place: place[1] - place[0])
    damaged = bytearray(golden_bytes)
    damaged[start:end] = bytes(end - start)
    given = {"energy": 100, "kind": "a"}
    drawn = gs.load(bytes(damaged), verify=False).sample(3, conditions=given, rng=1)
    assert not np.array_equal(drawn, golden.sample(3, conditions=given, rng=1))


def test_a_changed_manifest_is_told_from_changed_weights(golden_bytes, refuse):
    assert golden_bytes.count(b'"unit":"V"') == 1
    changed = golden_bytes.replace(b'"unit":"V"', b'"unit":"A"')
    refuse(changed, IntegrityError, "the manifest was damaged or changed: .* graph and weights are as they were")


def test_weights_exchanged_with_the_files_hash_but_not_with_the_graphs_are_refused(golden_bytes, protobuf, refuse):
    """What a tool does that knows the older schema only."""
    start, end = max(weights(golden_bytes, protobuf), key=lambda place: place[1] - place[0])
    other = golden_bytes[:start] + bytes(end - start) + golden_bytes[end:]
    renewed = sealed(other, scan(other).entries("gansurrogate")[0])
    refuse(renewed, IntegrityError, "graph and weights .* replaced, and the SHA-256 of the file renewed, but not that")


def test_a_damaged_file_of_schema_1_is_refused(protobuf, refuse):
    old = OLD.read_bytes()
    refuse(old.replace(b'"unit":"V"', b'"unit":"A"'), IntegrityError, "SHA-256 .* damaged or changed; copy it again")
    damaged = bytearray(old)
    damaged[next(weights(old, protobuf))[0]] ^= 1
    refuse(bytes(damaged), IntegrityError, "SHA-256 .* damaged or changed; copy it again")
