"""The same work on many items, several at a time, in threads that an interrupt leaves clean."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor


def run_all(work: Callable[[int], None], items: Sequence[int], threads: int) -> None:
    """Call `work` with each item. After an error or Ctrl-C the items at hand are finished, and no more.

    The call returns, or raises, when no thread works any longer.
    """
    if threads == 1 or len(items) < 2:
        for item in items:
            work(item)
        return
    ready, stopped = threading.Event(), threading.Event()

    def guarded(item: int) -> None:
        ready.wait()
        if not stopped.is_set():
            work(item)

    with ThreadPoolExecutor(min(threads, len(items)), "gansurrogate") as pool:
        try:
            results = pool.map(guarded, items)
            # An interrupt may hide a thread that is just starting from the pool, so none works before all are known.
            ready.set()
            for _ in results:
                pass
        except BaseException:
            stopped.set()
            ready.set()
            pool.shutdown(cancel_futures=True)
            raise
