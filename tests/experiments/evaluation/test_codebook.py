"""The codebook names each column once, and its parts are parts of it."""

from __future__ import annotations

from itertools import pairwise

from experiments.evaluation.codebook import (
    BANDS,
    CHANGING_CONTROLS,
    CHANNELS,
    CODEBOOK,
    FIXED_CONTROLS,
    MODERATORS,
    codebook,
)
from experiments.measures.effect_tables import BANDS_KM


def names_of(role: str) -> list[str]:
    return [column.name for column in CODEBOOK if column.role == role]


def test_each_column_is_named_once_with_unit_and_meaning():
    table = codebook()
    assert list(table.columns) == ["name", "role", "unit", "meaning"]
    assert table["name"].is_unique
    assert table["meaning"].str.len().min() > 3
    assert set(table.loc[table["unit"] == "", "role"]) == {"key", "label"}


def test_roles_are_those_of_the_lists():
    assert names_of("channel") == list(CHANNELS)
    assert names_of("moderator") == list(MODERATORS)
    assert set(names_of("control")) | set(MODERATORS) == {*FIXED_CONTROLS, *CHANGING_CONTROLS}
    assert names_of("exposure") == list(BANDS.values())


def test_bands_follow_each_other_without_a_gap():
    edges = list(BANDS)
    assert edges[0][0] == BANDS_KM[0]
    assert all(before[1] == after[0] for before, after in pairwise(edges))


def test_the_source_study_reports_each_moderator_with_a_sign():
    assert len(MODERATORS) == len(CHANNELS) == 6
    assert {sign for _, sign in MODERATORS.values()} <= {-1, 1}
