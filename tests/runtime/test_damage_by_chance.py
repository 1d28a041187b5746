"""Thousands of damaged files: whatever the damage, the error is ours. Seeds are fixed."""

import json
import random

import pytest

import gansurrogate as gs
from gansurrogate.errors import ManifestError, SurrogateFileError
from gansurrogate.surrogate_file import read_manifest


def damaged(data, chance):
    """`data` with a few bytes changed or its end cut off."""
    copied = bytearray(data)
    if chance.random() < 0.2:
        del copied[chance.randrange(len(copied)) :]
    for _ in range(chance.choice([1, 1, 1, 4])):
        if copied:
            copied[chance.randrange(len(copied))] = chance.randrange(256)
    return bytes(copied)


def test_damage_by_chance_is_always_a_surrogate_file_error(golden_bytes):
    chance = random.Random(2022)
    for _ in range(3000):
        data = damaged(golden_bytes, chance)
        if data != golden_bytes:
            with pytest.raises(SurrogateFileError):
                read_manifest(data)


def test_damage_by_chance_without_verify_loads_or_is_a_surrogate_file_error(golden_bytes):
    chance, loaded = random.Random(7), 0
    for _ in range(300):
        try:
            gs.load(damaged(golden_bytes, chance), verify=False, threads=1)
            loaded += 1
        except SurrogateFileError as error:
            assert str(error).startswith("the surrogate: ")  # noqa: PT017  # some damages load, some raise
    assert 0 < loaded < 300


def test_a_manifest_damaged_by_chance_is_read_or_is_a_manifest_error(manifest_dict):
    """Only the JSON changes, so that every value of it is hit."""
    text = json.dumps(manifest_dict).encode()
    chance = random.Random(8)
    for _ in range(3000):
        changed = bytearray(text)
        for _ in range(chance.choice([1, 2, 3])):
            changed[chance.randrange(len(changed))] = chance.choice(b'0123456789.-eE"[]{},:abnultrfs ')
        try:
            manifest = gs.Manifest.from_json(bytes(changed))
        except ManifestError:
            continue
        assert gs.Manifest.from_json(manifest.to_json()) == manifest
