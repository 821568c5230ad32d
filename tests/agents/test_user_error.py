"""Errors that are written for the user have one base class."""

from __future__ import annotations

import pytest

from agents.rules import UnknownRuleError
from agents.user_error import UserError
from experiments.results.read_results import ResultsError
from experiments.study.settings import SettingsError
from experiments.sweep import SweepError
from model.engine.rule_source import RuleError
from model.files.user_tables import InputError
from model.parameters import ParameterError
from model.scenarios.scenario import ScenarioError

KINDS = (
    UnknownRuleError,
    RuleError,
    ParameterError,
    InputError,
    ScenarioError,
    SettingsError,
    ResultsError,
    SweepError,
)


@pytest.mark.parametrize("kind", KINDS)
def test_errors_of_users_are_told_apart_from_bugs(kind):
    assert issubclass(kind, UserError)
    assert issubclass(UserError, ValueError)
