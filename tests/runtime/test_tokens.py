"""Signals that are sequences of tokens: ids in the file, texts for people."""

import copy
import json
import pickle

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.captured import CapturedRun
from gansurrogate.errors import ArgumentTypeError, ManifestError, PluginError, SelfTestError, SpecError
from gansurrogate.providers import CPU
from gansurrogate.sampling.request import Request
from gansurrogate.session import onnxruntime, open_session
from gansurrogate.testing import check_signal_generator, check_surrogate

WORDS = ("i", "you", "like", "love", "hate", "dog")
SPEC = gs.SignalSpec((3,), tokens=WORDS)
ANY = {"prefix": ["any"] * 5}


def test_a_spec_of_tokens_is_of_ids_and_goes_to_json_and_back():
    assert (SPEC.dtype, gs.SignalSpec((3,)).dtype) == (np.int64, np.float32)
    data = json.loads(json.dumps(SPEC.to_dict()))
    assert (data["dtype"], data["tokens"]) == ("int64", list(WORDS))
    assert gs.SignalSpec.from_dict(data) == SPEC
    assert "tokens" not in gs.SignalSpec((3,)).to_dict()  # as in files of before


@pytest.mark.parametrize("tokens", ["ab", ("a",), ("a", "a"), ("a", 1), (1, 2), np.array(["b", "b"])])
def test_a_vocabulary_is_different_texts(tokens):
    with pytest.raises(SpecError, match="tokens are two or more different texts"):
        gs.SignalSpec((3,), tokens=tokens)


def test_texts_become_ids_and_back():
    words = [["i", "love", "dog"], ["you", "hate", "you"]]
    ids = SPEC.encode(words)
    assert (ids.dtype, ids.tolist()) == (np.int64, [[0, 3, 5], [1, 4, 1]])
    assert SPEC.decode(ids).tolist() == words
    assert SPEC.decode(3) == "love"


@pytest.mark.parametrize(("call", "message"), [
    (lambda: SPEC.encode(["i", "he"]), "unknown token: got 'he'; expected i, you, like"),
    (lambda: SPEC.decode([6]), "whole numbers from 0 to 5; got 6 to 6"),
    (lambda: SPEC.decode([0, -1]), "whole numbers from 0 to 5; got -1 to 0"),
    (lambda: SPEC.decode([0.0]), "got float64"),
    (lambda: gs.SignalSpec((3,)).encode("i"), "this signal is numbers"),
    (lambda: gs.SignalSpec((3,)).decode(1), "this signal of numbers lacks"),
])  # fmt: skip
def test_what_is_not_in_the_vocabulary_is_refused(call, message):
    with pytest.raises(SpecError, match=message):
        call()


@pytest.mark.parametrize("change", [{"dtype": "float32"}, {"tokens": []}, {"tokens": "ab"}, {"tokens": 5},
                                    {"tokens": [1, 2]}, {"dtype": "int32"}])  # fmt: skip
def test_a_spec_whose_type_and_tokens_disagree_is_refused(change):
    with pytest.raises(SpecError):
        gs.SignalSpec.from_dict({**SPEC.to_dict(), **change})


class Markov(gs.SignalGenerator):
    name, spec = "markov", SPEC

    def simulate(self, n, rng):
        return rng.integers(0, 6, (n, 3))


def test_a_signal_generator_may_give_ids():
    check_signal_generator(Markov())
    signals = Markov().sample(500, rng=1)
    assert (signals.dtype, set(signals.ravel())) == (np.int64, set(range(6)))


@pytest.mark.parametrize("wrong", [np.full((1, 3), 6), np.full((1, 3), -1), np.zeros((1, 3)), np.zeros((1, 4), int)])
def test_a_signal_generator_that_gives_other_ids_is_named(monkeypatch, wrong):
    monkeypatch.setattr(Markov, "simulate", lambda self, n, rng: wrong)
    with pytest.raises(SpecError, match=r"simulate\(\) of 'markov' must give"):
        Markov().sample(1, rng=1)


# --- in a surrogate ------------------------------------------------------------------------------------


def test_a_surrogate_of_text_keeps_its_promises(text):
    assert text.self_test() == 0
    check_surrogate(text)
    signals = text.sample(1000, conditions=ANY, rng=1)
    assert (signals.dtype, signals.shape) == (np.int64, (1000, 5))
    assert set(text.spec.decode(signals).ravel()) == set(WORDS)


def test_given_tokens_stand_where_they_were_given(text):
    drawn = text.spec.decode(text.sample(200, conditions={"prefix": ["you", "love", "any", "any", "dog"]}, rng=1))
    assert (drawn[:, [0, 1, 4]] == ["you", "love", "dog"]).all()
    assert len(np.unique(drawn[:, 2])) > 2
    free = text.spec.decode(text.sample(200, conditions=ANY, rng=1))
    same = (free[:, :2] == ["you", "love"]).all(1)
    assert same.any()
    np.testing.assert_array_equal(drawn[same][:, 2], free[same][:, 2])  # the same latents choose the same token


def test_tokens_are_drawn_by_inversion(text):
    """The draw is by inversion: the larger the latent, the larger the id."""
    n = 20_000
    first = text.sample(n, conditions=ANY, rng=2)[:, 0]
    uniform = rowlaw.latents(2, np.arange(n), text.manifest.latents)[:, 0]
    np.testing.assert_array_equal(first[np.argsort(uniform)], np.sort(first))


def test_rows_do_not_depend_on_how_they_are_cut(text):
    given = text.draw_conditions(150, rng=4)
    given["prefix"][::2] = "any"
    whole = text.sample(150, conditions=given, rng=3)
    later = {"prefix": given["prefix"][40:]}
    for options in ({"tile": 7}, {"tile": 1}, {"out": np.empty((110, 5), np.int64)}):
        np.testing.assert_array_equal(
            text.sample(110, conditions=later, rng=3, start=40, **options), whole[40:], strict=True
        )
    tiles = list(text.iter_tiles(110, conditions=later, rng=3, start=40, tile=13))
    np.testing.assert_array_equal(np.concatenate(tiles), whole[40:], strict=True)
    device = text.sample(110, conditions=later, rng=3, start=40, device_output=True).numpy()
    np.testing.assert_array_equal(device, whole[40:], strict=True)
    again = pickle.loads(pickle.dumps(text)).sample(110, conditions=later, rng=3, start=40)
    np.testing.assert_array_equal(again, whole[40:], strict=True)


def test_few_rows_at_a_time_are_those_of_the_stream(text):
    single = [text.sample(1, conditions=ANY, rng=5, start=i)[0] for i in range(100)]
    np.testing.assert_array_equal(single, text.sample(100, conditions=ANY, rng=5))


def test_out_holds_ids(text):
    with pytest.raises(ArgumentTypeError, match="out is an array of int64; got float32"):
        text.sample(2, conditions=ANY, rng=1, out=np.empty((2, 5), np.float32))


def test_runs_at_fixed_addresses_give_the_same_ids(text, text_path):
    """The way to a CUDA graph; the CPU provider ignores the recording but takes the same path."""
    session = open_session(text_path.read_bytes(), (CPU, {}))
    request = Request.of(text.spec, 16, ANY, 3, 0, "error", 16)
    feeds = request.feeds(0, padded=True)
    captured = CapturedRun(onnxruntime(), session, feeds, (16, 5), text.spec.dtype, ("cpu", 0))
    np.testing.assert_array_equal(captured.run(feeds), text.sample(16, conditions=ANY, rng=3), strict=True)


@pytest.mark.parametrize(("place", "value"), [
    (("self_test", "atol"), 1e-9), (("self_test", "expected", 0, 0), 0.5), (("self_test", "expected", 0, 0), 6),
    (("self_test", "expected", 0, 0), -1), (("spec", "dtype"), "float32"), (("spec", "tokens"), ["a"]),
])  # fmt: skip
def test_manifests_with_impossible_ids_are_refused(text, place, value):
    changed = copy.deepcopy(text.manifest.to_dict())
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with pytest.raises(ManifestError):
        gs.Manifest.from_json(json.dumps(changed))


@pytest.fixture
def changed(text, text_path, with_manifest):
    """``changed(change)``: the surrogate of text after `change` of its manifest."""

    def build(change):
        manifest = copy.deepcopy(text.manifest.to_dict())
        change(manifest)
        return gs.load(with_manifest(manifest, model=text_path.read_bytes()), device="cpu")

    return build


def test_one_other_id_fails_the_self_test(changed):
    def other(manifest):
        last = manifest["self_test"]["expected"][3]
        last[4] = (last[4] + 1) % 6

    with pytest.raises(SelfTestError, match="off by up to"):
        changed(other).self_test()


def test_ids_beyond_the_vocabulary_are_found(changed):
    def fewer(manifest):
        manifest["spec"]["tokens"].pop()
        test = manifest["self_test"]
        test["expected"] = [[min(i, 4) for i in row] for row in test["expected"]]

    surrogate = changed(fewer)
    surrogate.self_test = lambda: 0.0  # it would find it first
    with pytest.raises(PluginError, match="ids that no token has"):
        check_surrogate(surrogate)
