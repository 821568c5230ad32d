"""One run: its record, with and without an extension."""

from __future__ import annotations

from dataclasses import replace

from experiments.study.one_run import run_one
from model import Parameters


def test_a_column_that_no_rule_reads_has_no_effect(university_study):
    plain = replace(university_study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    one, other = run_one(university_study, 1, "with").panel, run_one(plain, 1, "with").panel
    assert list(one.columns) == [*other.columns, "graduates"]
    assert one[other.columns].equals(other)
