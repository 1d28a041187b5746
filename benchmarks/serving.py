"""A surrogate behind MLServer under many clients, beside the direct call in turns, in one run.

    python benchmarks/serving.py noisy-sine.onnx                       64 clients, 60 s, n = 1000, gRPC
    python benchmarks/serving.py noisy-sine.onnx --protocol HTTP
    python benchmarks/serving.py noisy-sine.onnx --seconds 12          a short look

Wants Linux, two processors, `gansurrogate-mlserver[server]`, and a surrogate without conditions. The server
has one processor to itself, as has the direct call in its turns; the clients have the others, so that they take
nothing from the server. Each answer is compared with the direct call's bits. In the end the server is killed (SIGKILL)
under its clients and started again. The exit code is 1 if an answer was wrong, or failed but for the kill.

Read the ratios: of the clock's throughput, round by round, and of processor time per request, which other work on the
machine changes less. How busy the clients' processor is stands beside: where it has nothing left, it is the limit.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from clients import Clients, Question, Tally
from gansurrogate_mlserver import export
from server import Server
from timing import cpu_model

import gansurrogate as gs

QUESTIONS = 16  # of different seed and start
Row = dict[str, float]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("-n", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument(
        "--seconds", type=float, default=60, help="of the clients; the direct call has half of it besides"
    )
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--protocol", choices=("gRPC", "HTTP"), default="gRPC")
    given = parser.parse_args()
    alone, *others = sorted(os.sched_getaffinity(0))
    if not others:
        parser.error("two processors are needed, one of them for the clients")
    os.sched_setaffinity(0, {alone})  # the direct call, and the server, which inherits it
    with tempfile.TemporaryDirectory() as scratch, gs.load(given.model, device="cpu", threads=1) as surrogate:
        folder = Path(scratch) / "model"
        export(given.model, folder, name="model", most=given.n, device="cpu")
        print(f"{cpu_model()}; {surrogate}, n = {given.n}, {given.clients} clients, {given.protocol}", flush=True)
        with Server(folder) as server:
            asked = questions(surrogate, given.n, given.protocol)
            clients = Clients(given.protocol, server.ports[given.protocol], given.clients, asked, others)
            total, rows = measure(surrogate, server, clients, given)
            report(total, rows)
            after = kill(server, clients, given, asked, others)
    return int(bool(total.wrong or total.failed or after.wrong or after.failed))


def measure(
    surrogate: gs.Surrogate, server: Server, clients: Clients, given: argparse.Namespace
) -> tuple[Tally, list[Row]]:
    """The rounds: direct calls, then clients; every second one the other way round. A second before does not count."""
    total, rows = Tally(), []
    seconds, seeds = given.seconds / given.rounds, itertools.count()
    clients.ask(1)
    clients.tally()
    for i in range(given.rounds):
        row: Row = {}
        for work in ("direct", "served")[:: 1 if i % 2 else -1]:
            if work == "direct":
                row |= call_directly(surrogate, given.n, seconds / 2, seeds)
            else:
                tally, served = serve(server, clients, seconds)
                total.add(tally)
                row |= served
        rows.append(row)
        print(
            f"round {i + 1}: direct {row['direct']:6.1f}/s, served {row['served']:6.1f}/s, that is"
            f" {row['served'] / row['direct']:.3f}; processor time {1e3 * row['direct cpu']:.2f} ms direct,"
            f" {1e3 * row['server cpu']:.2f} ms served ({1e3 * row['loop cpu']:.2f} ms by the event loop), that is"
            f" {row['direct cpu'] / row['server cpu']:.3f}; clients {row['busy']:.0%} busy; {row['rss']:.1f} MB",
            flush=True,
        )
    return total, rows


def call_directly(surrogate: gs.Surrogate, n: int, seconds: float, seeds: Iterator[int]) -> Row:
    """Calls per second, and processor time per call."""
    began, cpu, calls = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() < began + seconds:
        surrogate.sample(n, rng=next(seeds))
        calls += 1
    return {"direct": calls / (time.perf_counter() - began), "direct cpu": (time.process_time() - cpu) / calls}


def serve(server: Server, clients: Clients, seconds: float) -> tuple[Tally, Row]:
    """Answers per second, processor time per answer, and the server's memory."""
    before = server.cpu()
    clients.ask(seconds)
    tally = clients.tally()
    answers = tally.right + tally.wrong
    if not answers:
        sys.exit(f"no client got an answer: {sorted(tally.errors)}")
    whole, loop = ((now - then) / answers for now, then in zip(server.cpu(), before, strict=True))
    busy = tally.cpu / tally.seconds
    figures = {"served": answers / tally.seconds, "server cpu": whole, "loop cpu": loop, "busy": busy}
    return tally, {**figures, "rss": server.rss()}


def report(total: Tally, rows: list[Row]) -> None:
    """The figures of all rounds."""
    clock = median(row["served"] / row["direct"] for row in rows)
    cpu = median(row["direct cpu"] / row["server cpu"] for row in rows)
    late = quantiles(total.latencies, n=100)
    print(f"throughput of the server over the direct call's: {clock:.3f} by the clock, {cpu:.3f} by processor time")
    print(f"answers: {total.right} right, {total.wrong} wrong, {total.failed} failed {sorted(total.errors)}")
    print(f"latency: median {1e3 * median(total.latencies):.0f} ms, 99 % below {1e3 * late[98]:.0f} ms")
    print(
        f"server's memory: {rows[0]['rss']:.1f} MB after the first round, {rows[-1]['rss']:.1f} MB after the last",
        flush=True,
    )


def kill(
    server: Server, clients: Clients, given: argparse.Namespace, asked: list[Question], others: list[int]
) -> Tally:
    """SIGKILL under load, and a new start."""
    clients.ask(5)
    time.sleep(2)
    server.kill()
    during = clients.tally()
    clients.close()
    print(
        f"killed under load: {during.right} right, {during.wrong} wrong, {during.failed} in flight failed", flush=True
    )
    server.start()
    again = Clients(given.protocol, server.ports[given.protocol], given.clients, asked, others)
    again.ask(5)
    after = again.tally()
    again.close()
    print(
        f"started again: {after.right} right, {after.wrong} wrong, {after.failed} failed {sorted(after.errors)}",
        flush=True,
    )
    return after


def questions(surrogate: gs.Surrogate, n: int, protocol: str) -> list[Question]:
    """Requests with the ends of their answers, which are the direct call's signals and the seed."""
    make = {"gRPC": grpc_question, "HTTP": http_question}[protocol]
    return [make(surrogate, n, seed, 10_000 * seed) for seed in range(QUESTIONS)]


def grpc_question(surrogate: gs.Surrogate, n: int, seed: int, start: int) -> Question:
    """As tritonclient writes it: raw contents."""
    from mlserver.grpc import dataplane_pb2 as protocol

    numbers = {"n": n, "seed": seed, "start": start}
    request = protocol.ModelInferRequest(model_name="model")
    for name, number in numbers.items():
        request.inputs.add(name=name, datatype="INT64", shape=[1])
        request.raw_input_contents.append(number.to_bytes(8, "little", signed=True))
    signals = surrogate.sample(n, rng=seed, start=start)
    answer = protocol.ModelInferResponse(raw_output_contents=[signals.tobytes(), seed.to_bytes(8, "little")])
    return Question(request.SerializeToString(), answer.SerializeToString())


def http_question(surrogate: gs.Surrogate, n: int, seed: int, start: int) -> Question:
    """With a body of JSON; the numbers of the answer are float32's shortest digits."""
    import orjson

    numbers = {"n": n, "seed": seed, "start": start}
    inputs = [{"name": name, "datatype": "INT64", "shape": [1], "data": [number]} for name, number in numbers.items()]
    body = json.dumps({"inputs": inputs}).encode()
    head = "POST /v2/models/model/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    signals = surrogate.sample(n, rng=seed, start=start)
    data = orjson.dumps(signals.ravel(), option=orjson.OPT_SERIALIZE_NUMPY)
    seed_output = b'{"name":"seed","datatype":"INT64","shape":[1],"data":[%d]}' % seed
    return Question(
        head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body, data + b"}," + seed_output + b"]}"
    )


if __name__ == "__main__":
    sys.exit(main())
