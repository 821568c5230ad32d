"""Run the steps of the Dockerfile without Docker: in a clean folder that stands for the container's root.

``python3.13 release/docker_steps.py`` is no ``docker build``: the base image is an empty environment of
this Python, the user is the one who calls, and paths below /srv lie below the clean folder. What it shows
is that the files that are copied suffice, that every RUN passes, and that CMD serves the page from there.
It needs a package registry.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from try_wheel import PROJECT, SECONDS, files_of_page

PLACE = "/srv"  # the only folder of the container that the steps write to


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Read the instructions of a Dockerfile, each with what follows its name."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


def copied(rest: str, ignored: str) -> Iterator[tuple[Path, str]]:
    """Resolve what COPY names, each with its target; what .dockerignore leaves out cannot be copied."""
    *sources, target = shlex.split(rest)
    kept = re.findall(r"^!(.+)$", ignored, re.MULTILINE)
    for source in sources:
        assert source in kept, f".dockerignore leaves out {source}, which the Dockerfile copies"
        yield PROJECT / source, target


class Steps:
    """The state between two instructions: folder, environment, and what was left out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root
        self.environment = {
            name: os.environ[name]
            for name in ("HOME", "LANG", "SSL_CERT_FILE", "PIP_CONFIG_FILE")
            if name in os.environ
        }
        self.left_out: list[str] = []

    def inside(self, text: str) -> str:
        """Move paths of the container below the clean folder."""
        return re.sub(rf"(?<![\w.]){PLACE}\b", str(self.root) + PLACE, text)

    def base(self, rest: str) -> None:
        """FROM: an empty environment of this Python, which must be that of the image."""
        wanted = re.match(r"python:(\d+\.\d+)", rest)
        assert wanted, rest
        assert sys.version.startswith(wanted[1] + "."), f"call it with python{wanted[1]}"
        subprocess.run([sys.executable, "-m", "venv", self.root / "base"], check=True)
        self.environment["PATH"] = f"{self.root}/base/bin:/usr/local/bin:/usr/bin:/bin"
        self.left_out.append(f"FROM {rest}: an empty environment of {sys.executable} instead")

    def step(self, name: str, rest: str, ignored: str) -> None:
        """Carry out one instruction."""
        if name == "FROM":
            self.base(rest)
        elif name == "ENV":
            self.environment |= dict(word.split("=", 1) for word in shlex.split(self.inside(rest)))
        elif name == "WORKDIR":
            self.folder = Path(self.inside(rest))
            self.folder.mkdir(parents=True, exist_ok=True)
        elif name == "COPY":
            for source, target in copied(rest, ignored):
                if source.is_dir():
                    shutil.copytree(
                        source, self.folder / target, ignore=shutil.ignore_patterns("__pycache__")
                    )
                else:
                    shutil.copy(source, self.folder / target)
        elif name == "RUN":
            command = self.inside(rest)
            if " && chown " in command:
                command, _, owner = command.partition(" && chown ")
                self.left_out.append(f"chown {owner}")
            where = self.folder if self.folder.exists() else self.root
            subprocess.run(
                ["bash", "-euc", command], cwd=where, env=self.environment, check=True, timeout=SECONDS
            )
        elif name == "USER":
            self.left_out.append(f"USER {rest}: as the user who calls")
        elif name != "EXPOSE":
            raise ValueError(f"{name} is not known: add it to release/docker_steps.py")

    def serve(self, rest: str, environment: Mapping[str, str]) -> None:
        """CMD: serve the page at a free port and ask for it under each of its names."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        command = [port if word == "8765" else word for word in json.loads(rest)]
        names = [f"http://{name}:{port}" for name in ("127.0.0.1", "localhost")]
        for name in names:
            count = files_of_page(command, self.folder, environment, name)
            assert count > 5
            print(f"docker_steps: {name} serves the page and {count} files of it")


def main() -> None:
    """Run all steps; leave with the first that fails."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8")
    print("docker_steps: this is no docker build: the steps run in a clean folder, without an image")
    with tempfile.TemporaryDirectory(prefix="computeleap-docker-") as name:
        steps = Steps(Path(name))
        for instruction, rest in instructions(text):
            print(f"docker_steps: {instruction} {rest}"[:110], flush=True)
            if instruction == "CMD":
                steps.serve(rest, steps.environment)
            else:
                steps.step(instruction, rest, ignored)
        for line in steps.left_out:
            print(f"docker_steps: left out: {line}")
    print("docker_steps: every other step passed")


if __name__ == "__main__":
    main()
