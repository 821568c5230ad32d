"""Options that several commands share."""

from __future__ import annotations

import inspect

from viz.cli.options import STUDY_OPTIONS, StudyOptions, takes_study_options
from viz.cli.run_command import run
from viz.cli.study_command import studies
from viz.cli.validate_command import validate


def test_every_study_takes_the_same_options() -> None:
    commands = [run, validate, *(one.callback for one in studies.registered_commands)]
    assert len(commands) > 5
    for command in commands:
        assert command is not None
        parameters = inspect.signature(command).parameters
        assert {name: parameters[name].annotation for name in STUDY_OPTIONS} == STUDY_OPTIONS


def test_their_values_become_settings_with_a_command_s_own() -> None:
    seen: list[tuple[int, StudyOptions]] = []

    @takes_study_options
    def command(seeds: int = 3, *, shared: StudyOptions) -> None:
        seen.append((seeds, shared))

    none = dict.fromkeys(STUDY_OPTIONS)
    command(**{**none, "seeds": 4, "until": 2012, "changes": ["substitution=1.5"]})
    (seeds, shared), *_ = seen
    settings = shared.settings(seeds=seeds)
    assert (settings.seeds, settings.until, settings.parameters.substitution) == (4, 2012, 1.5)
