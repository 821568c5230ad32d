"""Runs commands of the program one after the other, each in a process of its own that is cheap to make.

A server process imports the program once and forks for every command; the command gets limits of time and
memory and a folder of its own. Started as a file: ``python sandbox.py``; used through `Sandbox`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0  # a command that takes longer hangs
BYTES = 4 << 30  # addresses that a command may take beyond those of the server
WRITTEN = 1 << 30  # bytes of a file that a command may write


@dataclass(frozen=True)
class Outcome:
    """What a command did: exit code (minus the signal that ended it), both streams, seconds, memory."""

    code: int
    out: str
    err: str
    seconds: float
    peak_mib: float
    hung: bool
    operations: int | None = (
        None  # file operations that failing_files.c counted; unknown if the command was killed
    )

    @property
    def crashed(self) -> bool:
        """Whether it ended in a way that a user should never see."""
        return self.hung or self.code < 0 or "Traceback" in self.err or "this is a bug" in self.err


class Sandbox:
    """The server, and the commands that are put to it; a context manager."""

    def __init__(self, preload: Path | None = None, warm: bool = False) -> None:
        """Start the server.

        ``preload``: a library for LD_PRELOAD. ``warm``: the server also compiles the rules, for all commands.
        """
        environment = dict(
            os.environ, PYTHONUNBUFFERED="1", NUMBA_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", COLUMNS="200"
        )
        environment |= {"SANDBOX_WARM": "1"} if warm else {}
        if preload is not None:
            environment["LD_PRELOAD"] = str(preload)
        self._server = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=30)
        assert self._server.stdout is not None
        self._server.stdout.close()

    def run(
        self,
        argv: Sequence[str],
        folder: Path,
        seconds: float = SECONDS,
        limits: Mapping[str, int] | None = None,
        fault: tuple[int, str] | None = None,
        clock: int | None = None,
        cut: tuple[float, int] | None = None,
        bound: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run ``computeleap ARGV`` in the folder.

        ``limits`` replaces BYTES (``bytes``) or WRITTEN (``written``). ``fault``: (n, how) for the C library;
        ``clock``: a seed of its jumps. ``cut``: (after how many seconds, which signal).
        ``bound``: rights of files bind even for root. ``environment`` is added to the command's.
        """
        order = {
            "argv": list(argv),
            "folder": str(folder),
            "seconds": seconds,
            "fault": fault,
            "clock": clock,
            "cut": cut,
            "bound": bound,
            "environment": dict(environment or {}),
            **(limits or {}),
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return Outcome(**json.loads(self._server.stdout.readline()))


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until a command hears it
    # Imported before the first fork, so that no command pays for them.
    import duckdb  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import viz.cli.commands
    import viz.cli.run_command  # noqa: F401
    from experiments.study import prepare  # noqa: F401
    from experiments.sweep import sweep  # noqa: F401
    from viz.reports import run_report  # noqa: F401

    if os.environ.get("SANDBOX_WARM"):
        _warm()
    for line in sys.stdin:
        print(json.dumps(_attempt(json.loads(line))), flush=True)


def _warm() -> None:
    """Load the machine code of the rules."""
    from experiments.study.prepare import warm_kernels
    from experiments.study.run_key import rules_fingerprint

    warm_kernels()
    rules_fingerprint()


def _attempt(order: dict[str, object]) -> dict[str, object]:
    folder = Path(str(order["folder"]))
    streams = [folder.parent / f".{name}-{os.getpid()}" for name in ("out", "err", "count")]
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(order, folder, streams)
    hung, deadline = False, began + float(str(order["seconds"]))
    cut: list[float] = list(order["cut"] or ())  # type: ignore[call-overload]
    while True:
        if cut and time.monotonic() > began + cut[0]:
            os.kill(child, int(cut[1]))
            cut = []
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            hung = True
            os.killpg(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
            break
        time.sleep(0.002)
    texts = [
        stream.read_text(encoding="utf-8", errors="replace") if stream.exists() else "" for stream in streams
    ]
    for stream in streams:
        stream.unlink(missing_ok=True)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": texts[0][-20_000:],
        "err": texts[1][-20_000:],
        "seconds": time.monotonic() - began,
        "peak_mib": used.ru_maxrss / 1024,
        "hung": hung,
        "operations": int(texts[2]) if texts[2] else None,
    }


def _become(order: dict[str, object], folder: Path, streams: list[Path]) -> None:
    """The command itself; does not come back."""
    os.setpgid(0, 0)
    for number, stream in enumerate(streams[:2], start=1):
        file = os.open(stream, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    with open("/proc/self/statm", encoding="ascii") as file:
        own = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    ceiling = own + int(str(order.get("bytes", BYTES)))
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    written = int(str(order.get("written", WRITTEN)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.environ.update(order["environment"])  # type: ignore[arg-type]
    if order["bound"]:
        _let_rights_bind()
    if order["clock"] is not None:
        ctypes.CDLL(None).clock_arm(ctypes.c_ulong(int(str(order["clock"]))))
    if order["fault"]:
        number, how = order["fault"]  # type: ignore[misc]
        ctypes.CDLL(None).fault_arm(int(number), str(how).encode(), str(folder).encode())
    from viz.__main__ import main

    sys.argv = ["computeleap", *order["argv"]]  # type: ignore[misc]
    code = 1
    try:
        main()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        if order["fault"]:
            streams[2].write_text(str(ctypes.CDLL(None).fault_count()))
        os._exit(code)


def _let_rights_bind() -> None:
    """Give up root's right to write where the rights of a file forbid it (on Linux three capabilities)."""
    version, none = 0x20080522, 0xFFFFFFFF
    header = (ctypes.c_uint32 * 2)(version, 0)
    data = (ctypes.c_uint32 * 6)()
    system = ctypes.CDLL(None, use_errno=True)
    if system.capget(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    for place in range(3):  # effective, permitted, inheritable of capabilities 0 to 31
        data[place] &= none & ~0b1110
    if system.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    # Started as a file, the first place to import from would be this folder.
    sys.path[0] = os.environ.get("PYTHONPATH") or str(Path(__file__).resolve().parents[2])
    _serve()
