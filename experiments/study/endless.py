"""Rules that never end: a sentence that names them, and runs that hear Ctrl-C within compiled code."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from numba.core.compiler_lock import global_compiler_lock

from model.engine.engine import Engine
from model.engine.events import ForEach
from model.scenarios.scenario import date_of

PATIENCE = 60.0  # s that an event takes before it is named; compiling does not count
MODEL = ("agents.", "model.")  # modules whose rules end


class Abandoned(BaseException):
    """The end of a thread whose result is no longer awaited."""


def interruptible[Result](call: Callable[[], Result]) -> Result:
    """Return what a call returns, or raise what it raises; a signal is handled at any time.

    Python handles signals between two lines of its main thread, so a compiled loop without end hears none.
    The call is therefore made in a thread, which is left behind after Ctrl-C: it ends at its next line of
    Python, or with the process. Outside the main thread, which alone gets signals, no thread is made.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    found: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            found.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(1.0)  # a join without end is deaf on some systems
    except BaseException:
        end_thread(thread, Abandoned)
        raise
    if errors:
        raise errors[0]
    return found[0]


def end_thread(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raise an error in a thread at its next line of Python, which compiled code never reaches."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(error))


@contextmanager
def watched(what: str, start_year: int, notify: Callable[[str], None] | None = None) -> Iterator[None]:
    """Name once, within a block, an event that has been computed for a minute, its rules and its quarter.

    notify: Takes the sentence; by default it goes to standard error.
    """
    ended = threading.Event()
    given = (what, start_year, notify or _print_err, ended)
    threading.Thread(target=_watch, args=given, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _watch(what: str, start_year: int, notify: Callable[[str], None], ended: threading.Event) -> None:
    seen, since = None, time.monotonic()
    while not ended.wait(PATIENCE / 60):
        now = Engine.under_way
        if now is None or now is not seen or global_compiler_lock.is_locked():
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            engine, event, step = now
            rules = "".join(f" (rule {name})" for name in user_rules(engine, event))
            notify(
                f"{what}: event {event}{rules} of {date_of(step, start_year)} has been running for "
                f"{PATIENCE:.0f} s. If it never ends: Ctrl-C stops the command and keeps the runs that have "
                "ended; --timeout SECONDS ends such a run by itself"
            )
            return


def user_rules(engine: Engine, event: str) -> list[str]:
    """Return the names of an event's rules that are not the model's."""
    found = next(one for one in engine.events if one.name == event)
    if isinstance(found, ForEach):
        rules = dict(zip(found.rules, found.functions_from(engine.rules), strict=True))
    else:
        rules = {rule.__name__: rule for rule in [getattr(found, "function", None)] if rule is not None}
    return [name for name, rule in rules.items() if not str(rule.__module__).startswith(MODEL)]


def _print_err(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
