"""The command line, called in this process."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from viz.cli.commands import app


def call(*words: object) -> Result:
    """Run ``computeleap`` with these words and return its answer."""
    return CliRunner().invoke(app, [str(word) for word in words])
