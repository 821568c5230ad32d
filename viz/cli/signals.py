"""Handlers of Ctrl-C (SIGINT), SIGTERM and SIGHUP, which end a command with exit code 128 + their number.

Finished work is kept, workers are stopped, and no file is left half-written. A signal that is ignored, as
under nohup, stays ignored.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
UNHEARD = 5.0  # s that a compiled event may take before a signal is heard
received: list[int] = []  # signals so far: a library such as DuckDB may turn one into another error


class Interrupted(KeyboardInterrupt):
    """A signal. Were it KeyboardInterrupt itself, CPython could replace the exit code by its own SIGINT."""


def exit_code() -> int:
    """Return 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return 128 + (received or [signal.SIGINT])[-1]


def interrupt(number: int, frame: object = None) -> None:
    """Raise Interrupted."""
    received.append(number)
    raise Interrupted


def exit_now(number: int, frame: object = None) -> None:
    """End the process at once: nothing is lost yet, and Numba's compiler would swallow an exception."""
    _write_err("computeleap: interrupted")
    os._exit(128 + number)


def end_in_compiled_code() -> None:
    """From now on end the process after a signal that the main thread does not hear.

    Python handles a signal at the next line of its main thread, and a rule in compiled code that never ends
    reaches none. The system's own handler writes the number to a pipe all the same, which a thread reads.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(read, threading.get_ident()), daemon=True).start()


def _listen(pipe: int, main: int) -> None:
    while number := os.read(pipe, 1):
        before = _compiled_place(main)
        time.sleep(UNHEARD)
        if number[0] in ENDING and before is not None and _compiled_place(main) == before:
            exit_now(number[0])


def _compiled_place(thread: int) -> tuple[int, int] | None:
    """Return where a thread waits for a compiled event, or None if it is elsewhere."""
    frame = sys._current_frames()[thread]
    if not str(frame.f_globals.get("__name__")).startswith("model.engine."):
        return None
    return id(frame), frame.f_lasti


def finish_first() -> Callable[[int, object], None]:
    """Return a handler under which a block ends in spite of one signal; a second raises Interrupted."""
    late = "the runs have ended and their results are being written; Ctrl-C again gives them up"
    handlers = iter([lambda number: _write_err(late)])
    return lambda number, frame: next(handlers, interrupt)(number)


@contextmanager
def on_signal(handler: Callable[[int, object], None]) -> Iterator[None]:
    """Use the handler within a block of the main thread."""
    before = set_handler(handler)
    try:
        yield
    finally:
        for number, known in before.items():
            signal.signal(number, known)


def set_handler(handler: Callable[[int, object], None]) -> dict[int, Callable[..., object] | int | None]:
    """Use the handler from now on; return the handlers that it replaces."""
    in_main = threading.current_thread() is threading.main_thread()
    heeded = [number for number in ENDING if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    return {number: signal.signal(number, handler) for number in heeded if in_main}


def resend_swallowed() -> None:
    """Send a signal again if Python swallows its exception, as in callbacks of weak references."""
    report = sys.unraisablehook

    def hook(found: sys.UnraisableHookArgs) -> None:
        if not issubclass(found.exc_type, KeyboardInterrupt):
            return report(found)
        with suppress(RuntimeError):  # no thread can be started: the process is ending anyway
            threading.Timer(0.01, os.kill, (os.getpid(), exit_code() - 128)).start()

    sys.unraisablehook = hook


def _write_err(sentence: str) -> None:
    """Write to standard error past its buffer: the signal may come while something is being printed."""
    with suppress(OSError):
        os.write(2, f"{sentence}\n".encode())
