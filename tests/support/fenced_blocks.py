"""Fenced blocks of README and docs, and how each is run.

The language of a block decides: ``python`` and ``sh`` are run as they stand, ``toml`` and ``yaml`` are read,
``text``, ``json`` and ``csv`` are output or data; ``text`` next after ``sh`` is what its commands print.
Every other language, and none, is a mistake. Commands that run more than two seeds run two in ``make test``,
all in ``make reliability``; those whose numbers are not compared also run few firms and a short burn-in.
A comment above a block says what the reader does not see:

``<!-- not run: reason -->``   the block is shown only, for that reason (listed by ``test_reasons_are_given``)
``<!-- file: name -->``        the block is written to that file, for the blocks after it
``<!-- check: … -->``          Python that asserts what the text says of the results: no step
"""

from __future__ import annotations

import ast
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import ROOT
from tests.support.cli import program
from tests.support.long_version import FULL
from viz.cli.command_group import anywhere
from viz.cli.commands import app

PROGRAMS = Path(sys.executable).parent
RUN, READ, SHOWN = ("python", "sh"), ("toml", "yaml"), ("text", "json", "csv", "html")
SEEDS, FIRMS = 2, 200
SMALL = {"run": "--set burn_in=4", "extension check": "--quarters 5 --firms=200"}  # unless given
PACKAGES = ("agents", "model", "experiments", "viz")
FENCE = re.compile(
    r"(?P<remarks>(?:^[ ]*<!--(?:(?!-->).)*-->\s*)*)"
    r"^(?P<indent>[ ]*)```(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
REMARK = re.compile(r"<!--\s*(not run|file|check):\s*(.*?)\s*-->", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block with the remarks above it."""

    page: str
    line: int
    language: str
    text: str
    not_run: str | None = None
    file: str | None = None
    check: str | None = None

    @property
    def place(self) -> str:
        """Page and line."""
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """README and every page of docs, from the project's folder on."""
    found = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    return ["README.md", *(["README.zh-CN.md"] if (ROOT / "README.zh-CN.md").exists() else []), *found]


def blocks(page: str) -> list[Block]:
    """All fenced blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        remarks = {key.replace(" ", "_"): said for key, said in REMARK.findall(match["remarks"])}
        body = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        line = text[: match.start("language")].count("\n") + 1
        found.append(Block(page, line, match["language"].split(" ")[0], body, **remarks))
    return found


def with_few_seeds(text: str) -> str:
    """The commands with at most two seeds, but in the long version."""
    if FULL:
        return text
    return re.sub(r"(?<=--seeds )\d+", lambda found: str(min(SEEDS, int(found[0]))), text)


def in_small(text: str) -> str:
    """The commands with few firms and a short burn-in, but in the long version."""
    if FULL:
        return text
    text = re.sub(r"(?<=--firms )\d+", lambda found: str(min(FIRMS, int(found[0]))), text)
    for command, options in SMALL.items():
        given = options.split("=")[0].split()[-1]
        text = re.sub(
            rf"^computeleap {command}(?= )(?!.*({given}|--help))",
            rf"\g<0> {options}",
            text,
            flags=re.MULTILINE,
        )
    return text


def calls_of_computeleap(text: str) -> list[list[str]]:
    """The words after ``computeleap`` wherever a line of shell calls it, with their quotes taken off."""
    found: list[list[str]] = []
    for line in joined(text.replace("\\\n", " ")):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] | None = None
        for word in [";", *lexer]:
            if set(word) <= set("();<>|&"):
                words = None
            elif words is None:
                words = []
                if word == "computeleap":
                    found.append(words)
            else:
                words.append(word)
    return found


def assert_call_is_known(words: list[str]) -> None:
    """Parse a command line as the program does, and run nothing."""
    command: Any = program(app)
    context = None
    words = anywhere(words)[0]
    while words:
        # With its parent: a command keeps the help option of its first context.
        context = command.make_context("computeleap", list(words), parent=context)
        if not hasattr(command, "commands"):
            return
        words = [*context._protected_args, *context.args]
        _, command, words = command.resolve_command(context, words)


def assert_imports_exist(text: str) -> None:
    """Import what Python code imports from the project, and find each name there."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
            exec(compile(ast.Module([node], []), "<imports>", "exec"), {})


def run_commands(text: str, programs: Path = PROGRAMS, shown: bool = True) -> str:
    """Run the commands of a block in order, those of computeleap here, all else by bash; what they print."""
    few = with_few_seeds(text)
    text = few if shown and few == text else in_small(few)
    commands = plain_commands(text)
    if commands is None:
        return run_shell(text, programs)
    printed = io.StringIO()
    for words in commands:
        with redirect_stdout(printed), pytest.raises(SystemExit) as left:
            program(app).main(words)
        assert left.value.code == 0, words
    return printed.getvalue()


def assert_printed(shown: Block, commands: Block, printed: str) -> None:
    """Every line of a page's output is printed by its commands; numbers only if all seeds were run."""
    whole = with_few_seeds(commands.text) == commands.text

    def plain(line: str) -> str:
        return " ".join(re.sub(r"(^|\s)[+−-]?\d[\d.,]*(?=\s|$)", "" if not whole else r"\g<0>", line).split())

    lines = {plain(line) for line in printed.splitlines()}
    missing = [line for line in shown.text.splitlines() if plain(line) not in lines | {"", "…"}]
    assert not missing, f"{shown.place} is not what its commands print:\n" + "\n".join(missing)


def plain_commands(text: str) -> list[list[str]] | None:
    """Arguments of each call of computeleap; None if the block needs a shell or processes of its own."""
    if re.search(r"[|&;<>$]|sweep run(?!.*--workers 0)", re.sub(r'"[^"]*"', "", text)):
        return None
    try:
        lines = [shlex.split(line, comments=True) for line in joined(text)]
    except ValueError:
        return None
    lines = [line for line in lines if line]
    return [line[1:] for line in lines] if all(line[0] == "computeleap" for line in lines) else None


def joined(text: str) -> list[str]:
    """The lines of a block, those within quotes put together."""
    found = [""]
    for line in text.splitlines():
        found[-1] += line + " "
        if found[-1].count('"') % 2 == 0:
            found.append("")
    return found


def run_shell(text: str, programs: Path = PROGRAMS) -> str:
    """Run shell commands with the programs of a folder first, and return what they print."""
    path = os.pathsep.join([str(programs), str(PROGRAMS), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_block(block: Block, programs: Path = PROGRAMS, shown: bool = True) -> str:
    """Run, read or write a block in the current folder, and return what commands print.

    programs: the folder of those that bash calls. shown: whether the page shows what commands print.
    """
    if block.file:
        Path(block.file).parent.mkdir(parents=True, exist_ok=True)
        Path(block.file).write_text(block.text, encoding="utf-8")
    if block.not_run:
        return ""
    made: dict[str, object] = {}
    printed = ""
    if block.language == "python":
        # A file, since rules are read as text: under the name of a first line `# name.py`, for later blocks.
        named = re.match(r"# (\w+\.py)\n", block.text)
        name = block.file or (named[1] if named else re.sub(r"\W", "_", block.place) + ".py")
        Path(name).write_text(block.text, encoding="utf-8")
        if "__main__" in block.text:  # worker processes import the script that starts them
            run_shell(f"python {name}", programs)
        else:
            made = runpy.run_path(name, run_name="__main__")
    elif block.language == "sh":
        printed = run_commands(block.text, programs, shown)
    elif block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "yaml":
        yaml.safe_load(block.text)
    if block.check:
        exec(compile(block.check, block.place, "exec"), made)
    return printed
