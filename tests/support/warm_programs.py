"""Programs ``computeleap`` and ``python`` for shell commands of tests: forks of a process with all imports.

A new interpreter needs seconds to import the model and to load its kernels. Here one server does so, and each
call of a program is a fork of it, with its own arguments, folder, environment and streams. Reports have no
pictures, and equal runs are made once. Tests of the start of a process, its signals or its limits start real
ones.

The programs that `start_programs` writes send what they are called with to the server. Started as a file
this module is that server (``python warm_programs.py SOCKET RUNS``).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# What a program does: send its words and streams to the server, and end with the code that comes back.
CLIENT = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    order = json.dumps([{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(order).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(order)
    answer = server.recv(1)
sys.exit(answer[0] if answer else 1)
"""


@contextlib.contextmanager
def start_programs(folder: Path, runs: Path) -> Iterator[Path]:
    """Write the programs into a folder and start their server; yield the folder, for PATH.

    runs: The folder that keeps runs.
    """
    address = folder / "socket"
    for name in ("computeleap", "python"):
        program = folder / name
        program.write_text(CLIENT.format(python=sys.executable, address=str(address), name=name))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    threads = {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}  # a process of several must not fork
    # Of the threads of the memory allocator, which is made for that, Python warns as well.
    words = [
        sys.executable,
        "-W",
        "ignore:This process:DeprecationWarning",
        __file__,
        str(address),
        str(runs),
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ, **threads}) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield folder
        finally:
            server.terminate()


def _serve(address: str, runs: str) -> None:
    import viz.cli.run_command  # noqa: F401
    from experiments.study.prepare import warm_kernels
    from tests.support.cli import kept_runs, no_pictures

    warm_kernels()
    with no_pictures(), kept_runs(Path(runs)), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that have ended leave nothing behind
        while True:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _become_program(caller)
            caller.close()


def _become_program(caller: socket.socket) -> None:
    """Do what was called; does not return."""
    length, streams, _, _ = socket.recv_fds(caller, 8, 3)
    with caller.makefile("rb") as file:
        name, words, folder, environment = json.loads(file.read(int.from_bytes(length, "big")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    code = 1
    try:
        _run(name, words)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        caller.sendall(bytes([code]))
        os._exit(code)


def _run(name: str, words: list[str]) -> None:
    import runpy

    if name == "computeleap":
        from viz.__main__ import main

        sys.argv = ["computeleap", *words]
        main()
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        sys.path.insert(0, "")
        exec(compile(words[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        script = Path(words[0]).resolve()
        sys.argv = words
        sys.path.insert(0, str(script.parent))
        runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # instead of this folder
    _serve(*sys.argv[1:])
