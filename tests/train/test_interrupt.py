import contextlib
import signal
import threading

import pytest

from gansurrogate.train.interrupt import deferred_interrupts

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(params=SIGNALS, ids=lambda number: number.name)
def number(request: pytest.FixtureRequest) -> signal.Signals:
    return request.param


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in SIGNALS]


def test_the_first_interrupt_is_held_back_and_told(number: signal.Signals) -> None:
    with deferred_interrupts() as interrupted:
        assert not interrupted()
        signal.raise_signal(number)
        assert interrupted()


def test_the_second_interrupt_breaks_in(number: signal.Signals) -> None:
    with deferred_interrupts():
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_handlers_are_restored_even_after_an_error() -> None:
    before = handlers()
    with contextlib.suppress(ZeroDivisionError), deferred_interrupts():
        assert handlers() != before
        _ = 1 / 0
    assert handlers() == before


def test_outside_the_main_thread_nothing_is_held_back() -> None:
    before, seen = handlers(), []

    def work() -> None:
        with deferred_interrupts() as interrupted:
            seen.append((interrupted(), handlers()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, before)]
