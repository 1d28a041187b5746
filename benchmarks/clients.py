"""Clients of a server that cost little: ready-made requests, answers compared byte by byte, a process of their own."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

MEGABYTE = 2**20


@dataclass(frozen=True)
class Question:
    """A request as it goes over the wire, and the end of the only right answer."""

    request: bytes
    answer: bytes


@dataclass
class Tally:
    """What clients saw in some seconds."""

    right: int = 0
    wrong: int = 0
    failed: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # [s], of the clients' process
    latencies: list[float] = field(default_factory=list)  # [s]
    errors: set[str] = field(default_factory=set)

    def add(self, other: Self) -> None:
        """Count `other` as well."""
        for name in ("right", "wrong", "failed", "seconds", "cpu"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latencies += other.latencies
        self.errors |= other.errors


Call = Callable[[Question], bool]  # asks, and tells whether the answer is right


@contextmanager
def grpc_client(port: int) -> Iterator[Call]:
    """A client with a connection of its own; messages stay bytes."""
    import grpc

    options = [("grpc.max_receive_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
        call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        yield lambda question: call(question.request, timeout=60).endswith(question.answer)


@contextmanager
def http_client(port: int) -> Iterator[Call]:
    """A client that keeps its connection, and one buffer for all answers."""
    buffer = bytearray(8 * MEGABYTE)
    view = memoryview(buffer)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:

        def call(question: Question) -> bool:
            connection.sendall(question.request)
            have, end = 0, -1
            while end < 0:
                have += _receive(connection, view[have:])
                end = buffer.find(b"\r\n\r\n", 0, have)
            head = bytes(view[:end]).lower()
            if b" 200 " not in head.splitlines()[0]:
                raise OSError(bytes(view[:have]).decode())
            end += 4 + int(head.partition(b"content-length:")[2].split()[0])
            while have < end:
                have += _receive(connection, view[have:end])
            return buffer.endswith(question.answer, 0, end)

        yield call


def _receive(connection: socket.socket, view: memoryview) -> int:
    if not (received := connection.recv_into(view)):
        raise ConnectionResetError
    return received


CLIENTS = {"gRPC": grpc_client, "HTTP": http_client}


class Clients:
    """`count` clients that ask `questions` in turns; each waits for its answer.

    Parameters
    ----------
    processors : iterable of int
        That they may use.
    """

    def __init__(
        self, protocol: str, port: int, count: int, questions: Sequence[Question], processors: Iterable[int]
    ) -> None:
        context = get_context("spawn")  # gRPC does not survive a fork
        self._connection, theirs = context.Pipe()
        arguments = theirs, protocol, port, count, questions, set(processors)
        self._process = context.Process(target=_main, args=arguments, daemon=True)
        self._process.start()
        self._connection.recv()

    def ask(self, seconds: float) -> None:
        """Let them ask for some seconds."""
        self._connection.send(seconds)

    def tally(self) -> Tally:
        """What they saw, when they are done."""
        result: Tally = self._connection.recv()
        return result

    def close(self) -> None:
        """End the process."""
        self._connection.send(None)
        self._process.join()


def _main(
    connection: Connection, protocol: str, port: int, count: int, questions: Sequence[Question], processors: set[int]
) -> None:
    os.sched_setaffinity(0, processors)
    connection.send("here")
    while (seconds := connection.recv()) is not None:
        with ExitStack() as stack:  # a server may close connections that wait for the next round
            calls = [stack.enter_context(CLIENTS[protocol](port)) for _ in range(count)]
            connection.send(_together(calls, questions, seconds))


def _together(calls: Sequence[Call], questions: Sequence[Question], seconds: float) -> Tally:
    """All clients at once, each in a thread and with another question first."""
    tallies = [Tally() for _ in calls]
    began, cpu = time.perf_counter(), time.process_time()
    threads = [
        threading.Thread(target=_ask, args=(call, [*questions[i:], *questions[:i]], began + seconds, tallies[i]))
        for i, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Tally(seconds=time.perf_counter() - began, cpu=time.process_time() - cpu)
    for tally in tallies:
        total.add(tally)
    return total


def _ask(call: Call, questions: Sequence[Question], until: float, tally: Tally) -> None:
    done = 0
    while (began := time.perf_counter()) < until:
        question = questions[done % len(questions)]
        done += 1
        try:
            right = call(question)
        except Exception as error:  # whatever a client library raises: it is counted and shown
            tally.failed += 1
            tally.errors.add(f"{type(error).__name__}: {error}"[:200])
            return
        tally.right += right
        tally.wrong += not right
        tally.latencies.append(time.perf_counter() - began)
