"""One run: its record, with and without an extension."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.study.one_run import run_one
from experiments.study.study import Study, twins
from model import Opening, Parameters, Scenario
from model.country.country import build_country
from tests import ROOT

FILE = ROOT / "tests" / "support" / "university.py"


NAME = f"{FILE}:extension"


CENTRE = Scenario("one", "a centre", openings=(Opening("A", 0, "super", 2),))


@pytest.fixture(scope="module")
def study(country):
    place = build_country(country)
    return Study(twins(CENTRE), (1, 2), Parameters(firms=80, burn_in=2), 2006, place, extension=NAME)


def test_the_effect_of_what_nobody_reads_is_none(study):
    plain = replace(study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    one, other = run_one(study, 1, "with").panel, run_one(plain, 1, "with").panel
    assert list(one.columns) == [*other.columns, "graduates"]
    assert one[other.columns].equals(other)
