"""Try a wheel as a user would: in an empty environment of this Python, from a folder of its own.

``python3.13 release/try_wheel.py dist/computeleap-0.3.0-py3-none-any.whl`` installs the wheel with the
page's packages, at the tested versions, and uses what was installed: the command, the packages, a study and
the page. It needs nothing of the project but the wheel and constraints.txt, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

PROJECT = Path(__file__).resolve().parents[1]
STUDY = ("run", "--seeds", "2", "--out", "results/two")
INSTALLED = """
import importlib.util, pathlib, sys
for name in ("agents", "model", "experiments", "viz"):
    place = pathlib.Path(importlib.util.find_spec(name).origin).parent
    assert place.is_relative_to(sys.prefix), f"{name} is not that of the wheel but {place}"
    assert (place / "py.typed").exists(), f"{name} has no py.typed"
print("packages are those of the wheel, each with py.typed")
"""
SECONDS = 14_400  # ends what hangs; a busy machine has compiled the rules for 40 minutes


def say(text: str) -> None:
    """Write a line at once, so that it stands before what programs write."""
    print(f"try_wheel: {text}", flush=True)


def files_of_page(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], address: str = ""
) -> int:
    """Start a command that serves the page, ask for the page and all files that it names, and count them.

    address: where to ask; by default that which the command says. Raises OSError for a file that is refused
    or would come from elsewhere.
    """
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            said = ""
            while not (found := re.search(r"http://[\w.]+:\d+", said)):
                line = server.stdout.readline()
                assert line, f"the page did not start:\n{said}"
                said += line
            address = address or found[0]
            page = ask(address)
            named = re.findall(r"""<(?:script|link|img)\b[^>]*?(?:src|href)=["']([^"']+)""", page)
            for name in named:
                ask(urljoin(address, name))
        finally:
            server.terminate()
    return len(named)


def ask(address: str) -> str:
    """Ask a server for a page or a file until it answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode(errors="replace"))
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(1)


def main() -> None:
    """Install the wheel and use it; leave with the first thing that fails."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--extra", default="app", help="extra of the wheel to install")
    parser.add_argument("--constraints", type=Path, default=PROJECT / "constraints.txt")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="computeleap-wheel-") as name:
        place = Path(name)
        programs = place / "environment" / ("Scripts" if os.name == "nt" else "bin")
        work = place / "elsewhere"
        work.mkdir()
        own = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
        environment = {key: value for key, value in os.environ.items() if key not in own}
        environment["COMPUTELEAP_CACHE"] = str(place / "cache")  # rules are compiled, as on a new machine

        def run(*command: str | Path) -> None:
            start = time.monotonic()
            subprocess.run(command, cwd=work, env=environment, check=True, timeout=SECONDS)
            words = " ".join(Path(word).name for word in command).splitlines()[0]
            say(f"{words[:70]}: {time.monotonic() - start:.0f} s")

        say(f"Python {sys.version.split()[0]}, {given.wheel.name}[{given.extra}]")
        run(sys.executable, "-m", "venv", place / "environment")
        pip = (
            programs / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--disable-pip-version-check",
        )
        wanted = f"computeleap[{given.extra}] @ {given.wheel.resolve().as_uri()}"
        run(*pip, "-c", given.constraints.resolve(), wanted)
        run(programs / "python", "-m", "pip", "check")
        run(programs / "python", "-c", INSTALLED)
        run(programs / "computeleap", "--version")
        run(programs / "computeleap", *STUDY)
        assert (work / "results/two/report.html").stat().st_size > 100_000
        start = time.monotonic()
        command: list[str | Path] = [programs / "computeleap", "app", "--port", "0"]
        count = files_of_page(command, work, environment)
        assert count > 5
        say(f"the page and {count} files of it are served after {time.monotonic() - start:.0f} s")
    say("all is well")


if __name__ == "__main__":
    main()
