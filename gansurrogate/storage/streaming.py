"""`sample_to`: any number of signals into a file, chunk by chunk, in memory that does not grow with their number.

Rows do not depend on each other, so chunks are drawn in any order, by threads, processes or other machines, and the
file is that of one call of `Surrogate.sample`, bit for bit. What is finished is noted down in a journal: the same call
goes on after whatever ended the one before.
"""

import functools
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike, NDArray

from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain, logger
from gansurrogate.errors import ArgumentError, OutputError
from gansurrogate.sampling.request import Request
from gansurrogate.signals import SignalArray
from gansurrogate.storage.job import Job, is_one, row_bytes
from gansurrogate.storage.journal import Journal, read_job
from gansurrogate.storage.stores import Store, check_space, check_store, create, part_of, remove, reopen

if TYPE_CHECKING:
    from gansurrogate.surrogate import Surrogate

Progress = Callable[[int, int], object]
PIECE_BYTES = 8 * 2**20  # drawn and written at a time: small enough that the memory is used again
OVERLAP = 2  # without an executor: one chunk is drawn while the other reaches the disk
IN_FLIGHT = 256  # chunks that an executor knows of, so that each of its workers has one and memory stays bounded


def sample_to(
    surrogate: "Surrogate",
    path: str | os.PathLike[str],
    n: int,
    *,
    conditions: Mapping[str, ArrayLike] | None = None,
    rng: RNGLike = None,
    start: int = 0,
    domain: Domain = "error",
    chunk: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Path:
    """Draw rows ``start`` to ``start + n`` into a file; the same rows as `Surrogate.sample`, bit for bit.

    The signals go into ``PATH.part``, what is finished is noted down in ``PATH.part.journal``, and at the end the file
    gets its name; one that had it is there until then. After an error, Ctrl-C, kill -9 or a power cut the same call
    goes on where that one ended.

    Parameters
    ----------
    surrogate : Surrogate
    path : path-like
        Ends in ``.npy`` (signals alone), ``.h5``, ``.hdf5`` or ``.zarr`` (with coordinates, conditions and origin).
    n : int
        Number of signals.
    conditions : mapping of name to a number or an array of shape (n,)
        Every condition of the spec, in its unit; of an array condition one array, or (n, *shape).
    rng : int, numpy Generator, BitGenerator, SeedSequence or None
        An int is the seed itself. None takes the seed of the unfinished file, or fresh entropy if there is none.
    start : int
        First row.
    domain : "error", "warn", "clip", "ignore" or "simulate"
        What to do with conditions outside the range the surrogate was trained on.
    chunk : int, optional
        Rows that are drawn, written and noted down together, and of a chunk in zarr. By default that of the unfinished
        file, or as many tiles as make 64 MiB. The signals do not depend on it.
    executor : concurrent.futures.Executor, optional
        Draws and writes the chunks, for instance on other machines that see the same folder. By default the threads of
        `surrogate` do.
    progress : callable, optional
        Called as ``progress(rows_done, n)`` at the beginning and after each chunk, in this thread.

    Returns
    -------
    Path
        The finished file.

    Raises
    ------
    ArgumentError, ArgumentTypeError, ConditionError
        For impossible arguments, and if ``PATH.part`` is the unfinished file of another call.
    MissingPackageError
        If the format's package is not installed.
    OutputError
        If the file cannot be written, or another process is writing it.
    """
    path = check_store(path)
    part, journal_path = part_of(path), _journal(path)
    seed = None if rng is None else seed_of(rng)
    request = Request.of(surrogate.spec, n, conditions, 0, start, domain, surrogate.manifest.tile)
    chunk = None if chunk is None else check_integer(chunk, "chunk", least=1)
    if part.exists() and not journal_path.exists():
        msg = f"{part} is in the way and no unfinished file of this package: move it, or give another name"
        raise OutputError(msg)
    with Journal(journal_path) as journal:
        found = journal.job if part.exists() else None
        if found is not None:
            seed = found.get("seed") if seed is None else seed
            chunk = found.get("chunk") if chunk is None else chunk
        job = Job.of(surrogate.manifest, request, seed_of(seed), chunk)
        if found is not None and (differences := job.differences(found)):
            msg = (
                f"{part} is the unfinished file of another call: {differences}. Give the same arguments to go on"
                " with it, or delete it to start anew"
            )
            raise ArgumentError(msg)
        if found is None:
            journal.clear()
        done = job.done(journal.finished)
        try:
            check_space(path, (job.n - done) * row_bytes(job.shape, job.dtype))
            if found is None:
                store = create(path, job, surrogate.manifest, request.conditions)
                journal.begin(job)
            else:
                logger.info("going on with %s: %d of %d rows are there", part, done, job.n)
                store = reopen(path, job)
            with (
                nullcontext(executor)
                if executor is not None
                else ThreadPoolExecutor(OVERLAP, "gansurrogate-store") as workers
            ):
                work = functools.partial(_submit, workers, surrogate, store, job, request.conditions, domain)
                _draw(work, job, journal, progress)
            store.finish()
            journal.remove()
        except BaseException as error:
            kept = "nothing was written there"
            if done := job.done(journal.finished):
                kept = f"{done} of {job.n} rows are kept in {part}: the same call goes on with them"
            else:
                with suppress(OSError):
                    remove(part)
                    journal.remove()
            if isinstance(error, OutputError):
                msg = f"{error}; {kept}"
                raise OutputError(msg) from error
            error.add_note(kept)
            raise
    return path


def unfinished(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """The `Job` of the unfinished file that `sample_to` would go on with, or None."""
    path = Path(path)
    return read_job(_journal(path)) if part_of(path).exists() else None


def draw_chunk(
    surrogate: "Surrogate",
    store: Store,
    job: Job,
    number: int,
    conditions: Mapping[str, NDArray[Any]],
    domain: Domain,
) -> None:
    """Draw the chunk `number` of `job` and write it: what an executor is given to do.

    Parameters
    ----------
    conditions : dict
        Name to an array of shape (rows of the chunk, ...), as the surrogate file takes it, or (1, ...) if it stands for
        all rows.
    """
    rows, tile = job.rows(number), surrogate.manifest.tile
    most = tile * max(surrogate.threads, PIECE_BYTES // (tile * store.row_bytes))

    def pieces() -> Iterator[SignalArray]:
        for first in range(rows.start, rows.stop, most):
            n, there = min(most, rows.stop - first), first - rows.start
            parts = {name: v if len(v) == 1 else v[there : there + n] for name, v in conditions.items()}
            given = {c.name: c.decode(parts[c.name]) for c in surrogate.spec.conditions}
            yield surrogate.sample(n, conditions=given, rng=job.seed, start=job.start + first, domain=domain)

    store.write(rows.start, pieces())


def _submit(
    executor: Executor,
    surrogate: "Surrogate",
    store: Store,
    job: Job,
    conditions: Mapping[str, NDArray[Any]],
    domain: Domain,
    number: int,
) -> Future[None]:
    """Give a chunk to `executor`. `conditions` are those of all rows, and checked: a warning has been given."""
    rows = job.rows(number)  # one array for all rows travels once: a pickle would repeat it
    given = {name: values[:1] if is_one(values) else values[rows] for name, values in conditions.items()}
    domain = "ignore" if domain == "warn" else domain
    return executor.submit(draw_chunk, surrogate, store, job, number, given, domain)


def _draw(submit: Callable[[int], Future[None]], job: Job, journal: Journal, progress: Progress | None) -> None:
    """Have the chunks drawn that are not in the journal. After an error those at hand are finished, and no more."""
    todo = (number for number in job.chunks if number not in journal.finished)
    running: dict[Future[None], int] = {}

    def report() -> None:
        if progress:
            progress(job.done(journal.finished), job.n)

    try:
        report()
        while True:
            for number in itertools.islice(todo, IN_FLIGHT - len(running)):
                running[submit(number)] = number
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                future.result()
                journal.add(running.pop(future))
                report()
    except BaseException:
        at_hand = [future for future in running if not future.cancel()]
        for future in wait(at_hand).done:
            if future.exception() is None:
                journal.add(running[future])
        raise


def _journal(path: Path) -> Path:
    part = part_of(path)
    return part.with_name(f"{part.name}.journal")
