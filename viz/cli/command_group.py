"""The group of all commands: it turns every error into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from agents.user_error import UserError
from viz.cli import signals
from viz.cli.help_pages import WAYS_IN, PlainGroup
from viz.cli.notices import show_notices
from viz.cli.old_names import renamed
from viz.terminal import echo_err, end_output, harmless, start_output

MAX_LINE_LENGTH = 500  # characters: what was typed may be of any length
MAX_LINES = 60
FORMS = ("--wide", "--json", "--csv")
ANYWHERE = {"--debug", "--quiet", *FORMS}
UsageError: Any = typer.BadParameter.__mro__[2]  # of all errors of the parser, whichever Click Typer has


class CommandGroup(PlainGroup):
    """All commands; an error ends the process with one sentence and an exit code."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run a command line and exit with its code."""
        words, given = anywhere(sys.argv[1:] if args is None else args)
        debug = "--debug" in given
        forms = [word.removeprefix("--") for word in given if word in FORMS]
        if len(forms) > 1:
            exit_with(f"choose one of {' and '.join(f'--{form}' for form in forms)}", 2)
        start_output(forms[0] if forms else "text", "--quiet" in given)
        show_notices(lambda text: echo_err(error_text(text)))
        if not words and "_COMPUTELEAP_COMPLETE" not in os.environ:
            typer.echo(WAYS_IN)
            sys.exit(0)
        extra |= {"standalone_mode": False, "obj": {"debug": debug}}
        try:
            code = super().main(words, prog_name or "computeleap", **extra)
            end_output()
        except UsageError as error:
            problem = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
            if not problem:  # a group without a command has shown its help
                sys.exit(2)
            path = getattr(error.ctx, "command_path", None) or "computeleap"
            exit_with(renamed(words) or f"{problem} (see {path} --help)", 2)
        except typer.Abort:
            code = signals.exit_code()
        except BrokenPipeError:  # the reader of a pipe has closed it, as `head` does
            sys.stdout = None
            code = 141
        except SystemExit as error:  # Rich ends the process itself when a pipe is closed
            if not isinstance(error.__context__, BrokenPipeError):
                raise
            code = 141
        except UserError as error:
            exit_with(str(error), 2)
        except OSError as error:  # a full disk, for example
            if debug:
                traceback.print_exc()
            known = error.filename is not None
            exit_with(f"{error.filename}: {error.strerror}" if known else str(error), 2)
        except Exception as error:
            if signals.received:
                exit_with("interrupted", signals.exit_code())
            if debug:
                traceback.print_exc()
            problem = " ".join(f"{type(error).__name__}: {error}".split())
            again = "" if debug else "; run again with --debug for the traceback"
            exit_with(f"this is a bug{again} ({problem})", 1)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the named command."""
        with signals.on_signal(signals.interrupt):
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                typer.echo("computeleap: interrupted", err=True)
                raise typer.Exit(signals.exit_code()) from None


def anywhere(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return a command line without the options that may stand anywhere on it, and these."""
    end = words.index("--") if "--" in words else len(words)
    given = [word for word in words[:end] if word in ANYWHERE]
    return [word for place, word in enumerate(words) if place >= end or word not in ANYWHERE], given


def exit_with(text: str, code: int) -> NoReturn:
    """Show an error on standard error and exit."""
    typer.echo("computeleap: " + harmless(error_text(text)), err=True)
    sys.exit(code)


def error_text(text: str) -> str:
    """Return an error as the terminal shows it: one sentence, or a list with a line for each mistake.

    Only a line break separates mistakes. Other characters that cannot be printed may come from a file and
    would control the terminal: they become ``?``. A line is cut at ``MAX_LINE_LENGTH``, a list at
    ``MAX_LINES``.
    """
    lines = ["".join(char if char.isprintable() else "?" for char in line) for line in text.split("\n")]
    lines = [line if len(line) <= MAX_LINE_LENGTH else line[: MAX_LINE_LENGTH - 1] + "…" for line in lines]
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"and {len(lines) - MAX_LINES} more"]
    if len(lines) > 1:
        lines = [f"{len(lines)} mistakes:", *(f"  {line}" for line in lines)]
        if lines[-1].startswith("  and "):  # the list was cut
            lines[0] = "many mistakes:"
    return "\n".join(lines)
