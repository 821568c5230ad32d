"""What modules may read and replace of a run is there."""

from __future__ import annotations

import inspect

import pandas as pd

from model.running_model import RunningModel
from tests.support.small_run import run


def test_a_run_has_every_member_that_modules_use(country: pd.DataFrame) -> None:
    model = run(country, until=1)
    methods = [name for name, _ in inspect.getmembers(RunningModel, inspect.isfunction) if name != "__init__"]
    names = {*inspect.get_annotations(RunningModel), "date", "own_agents", *methods}
    assert {"fork", "fresh_copy", "state", "_view"} <= names
    assert [name for name in sorted(names) if not hasattr(model, name)] == []
