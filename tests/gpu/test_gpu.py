"""What a surrogate promises, on an NVIDIA card. `pytest -rs tests/gpu` says why these are skipped where they are."""

import gc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import session
from gansurrogate.doctor.model import examine
from gansurrogate.errors import DeviceError, SamplingError
from gansurrogate.providers import CPU, CUDA, DEFAULTS

pytestmark = pytest.mark.gpu

N = 1000
MOST_GROWTH = 2**24  # bytes; an arena that grew with the shapes would take many times as much


def draw(surrogate, n, start=0, **options):
    """Rows of seed 3, each under its own conditions."""
    conditions = surrogate.draw_conditions(n, rng=5, start=start)
    return surrogate.sample(n, conditions=conditions, rng=3, start=start, **options)


# --- where it runs ------------------------------------------------------------------------------------


def test_all_but_shapes_runs_on_the_card(path, on_card):
    assert next(iter(on_card.providers)) == CUDA
    findings = {finding.what: finding for finding in examine(str(path), "cuda")}
    assert findings["runs on"].level == "ok", findings["runs on"].value
    assert findings["self-test"].level == "ok", findings["self-test"].value


def test_auto_takes_the_card(path):
    assert next(iter(gs.load(path).providers)) == CUDA


def test_a_card_that_is_not_there_is_refused(path):
    with pytest.raises(DeviceError, match="CUDAExecutionProvider"):
        gs.load(path, device="cuda:99")


def test_the_first_card_has_a_name_too(path, on_card):
    np.testing.assert_array_equal(draw(gs.load(path, device="cuda:0"), N), draw(on_card, N))


# --- the same signals ---------------------------------------------------------------------------------


def test_the_card_keeps_what_the_file_promises(on_card):
    test = on_card.manifest.self_test
    assert on_card.self_test() <= test.atol + test.rtol * np.abs(test.expected).max()


def test_the_card_agrees_with_the_processor(on_card, on_cpu):
    test = on_card.manifest.self_test
    np.testing.assert_allclose(draw(on_card, N), draw(on_cpu, N), atol=test.atol, rtol=test.rtol)


def test_the_latents_are_the_same_bits(path):
    onnx = pytest.importorskip("onnx")
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    cut = onnx.utils.Extractor(model).extract_model(["seed", "rows"], ["latent"]).SerializeToString()
    feeds = {"seed": np.array(-7), "rows": np.array([0, 1, 2, 63, 64, 1000, 2**32 + 5, 2**40 - 1])}
    card, processor = (session.open_session(cut, (name, DEFAULTS.get(name, {}))) for name in (CUDA, CPU))
    expected = processor.run(None, feeds)[0]
    np.testing.assert_array_equal(card.run(None, feeds)[0].view(np.uint32), expected.view(np.uint32))


def test_rows_are_the_same_bits_for_any_cut(on_card):
    whole = draw(on_card, N)
    tile = on_card.manifest.tile
    pieces = list(pairwise([0, 1, 2, 3 + tile, 3 + 2 * tile, 5 + 2 * tile, N - 1, N]))
    for first, end in pieces + pieces[::-1]:
        np.testing.assert_array_equal(draw(on_card, end - first, first), whole[first:end])


def test_rows_are_the_same_bits_in_another_session(path, on_card):
    np.testing.assert_array_equal(draw(gs.load(path, device="cuda"), N), draw(on_card, N))


def test_a_captured_graph_gives_the_same_bits(path, on_card, options):
    options({"enable_cuda_graph": 1})
    captured = gs.load(path, device="cuda")
    for n in (N, 3, N):  # the graph is recorded by the first calls and launched by the others
        np.testing.assert_array_equal(draw(captured, n), draw(on_card, n))


# --- signals that stay --------------------------------------------------------------------------------


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("this PyTorch has no CUDA")
    if not hasattr(session.onnxruntime().OrtValue, "__dlpack__"):
        pytest.skip("this onnxruntime is older than 1.26 and has no DLPack")
    return torch


@pytest.mark.parametrize("tiles", [1, 1.5, 8])
def test_pytorch_takes_signals_where_they_are(torch, on_card, tiles):
    n = int(tiles * on_card.manifest.tile)
    drawn = draw(on_card, n, device_output=True)
    tensor = torch.from_dlpack(drawn)
    assert (tensor.device.type, tensor.dtype) == ("cuda", torch.float32)
    assert tensor.data_ptr() == drawn.data_ptr()
    np.testing.assert_array_equal(tensor.cpu().numpy(), draw(on_card, n))


def test_less_than_a_tile_stays_on_the_card_too(torch, on_card):
    """Computed in one smaller call, so that bits may differ from those of a full tile."""
    test = on_card.manifest.self_test
    drawn = torch.from_dlpack(draw(on_card, 5, device_output=True)).cpu().numpy()
    np.testing.assert_allclose(drawn, draw(on_card, 5), atol=test.atol, rtol=test.rtol)


def test_signals_outlive_the_surrogate(torch, path, on_card):
    surrogate = gs.load(path, device="cuda")
    tensor = torch.from_dlpack(draw(surrogate, N, device_output=True))
    surrogate.close()
    del surrogate
    gc.collect()
    draw(on_card, N, device_output=True)  # would take the memory if it were free
    np.testing.assert_array_equal(tensor.cpu().numpy(), draw(on_card, N))


# --- memory, threads, processes -----------------------------------------------------------------------


def test_memory_on_the_card_does_not_grow(on_card, free_memory):
    random = np.random.default_rng(0)
    sizes = random.integers(1, 5 * on_card.manifest.tile, 200)
    draw(on_card, 5 * on_card.manifest.tile)
    before = free_memory()
    for n in sizes:
        draw(on_card, int(n))
    assert before - free_memory() < MOST_GROWTH


def test_signals_left_on_the_card_are_given_back(on_card, free_memory):
    tile = on_card.manifest.tile
    draw(on_card, 5 * tile, device_output=True)
    before = free_memory()
    for n in np.random.default_rng(0).integers(tile, 5 * tile, 200):
        draw(on_card, int(n), device_output=True)
    gc.collect()
    assert before - free_memory() < MOST_GROWTH


def test_too_little_memory_is_an_error_that_says_what_to_try(path, options):
    options({"gpu_mem_limit": 2**20})
    with pytest.raises((SamplingError, DeviceError)) as caught:
        draw(gs.load(path, device="cuda"), 2**16, tile=2**16)
    assert isinstance(caught.value, DeviceError) or "try a smaller tile" in str(caught.value)


def test_two_threads_share_one_surrogate(path, on_card):
    starts = range(0, 40 * 37, 37)
    expected = [draw(on_card, 100, start) for start in starts]
    with ThreadPoolExecutor(2) as pool:
        for drawn, wanted in zip(pool.map(lambda start: draw(on_card, 100, start), starts), expected, strict=True):
            np.testing.assert_array_equal(drawn, wanted)
    np.testing.assert_array_equal(draw(gs.load(path, device="cuda", threads=2), N), draw(on_card, N))


def test_another_process_draws_the_same_bits(on_card):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        conditions = on_card.draw_conditions(N, rng=5)
        drawn = pool.submit(on_card.sample, N, conditions=conditions, rng=3).result(timeout=120)
    np.testing.assert_array_equal(drawn, draw(on_card, N))


FORK = """
import os, sys
import numpy as np
import gansurrogate as gs
surrogate = gs.load(sys.argv[1], device="cuda")
conditions = surrogate.draw_conditions(100, rng=5)
expected = surrogate.sample(100, conditions=conditions, rng=3)
child = os.fork()
if not child:
    try:
        drawn = surrogate.sample(100, conditions=conditions, rng=3)
        print("works" if np.array_equal(drawn, expected) else "differs", flush=True)
    except gs.SurrogateError as error:
        print("refuses:", error, flush=True)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
assert np.array_equal(surrogate.sample(100, conditions=conditions, rng=3), expected)
"""


def test_a_forked_child_works_or_refuses_and_leaves_its_parent_alone(path, run_python):
    """CUDA does not survive a fork: what must not happen is a crash, a hang, or other rows."""
    child, end = run_python(FORK, path).splitlines()
    assert child == "works" or child.startswith("refuses:")
    assert end == "0"
