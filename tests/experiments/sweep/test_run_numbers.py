"""Numbers of runs: every run once, whatever was added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.sweep.run_numbers import Block, RunNumbers


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=4), st.integers(1, 5))
def test_every_run_has_one_place_and_one_chunk(steps, chunk: int) -> None:
    points, seeds = 3, 2
    blocks = [Block(0, points, 0, seeds, chunk)]
    for of_points, more in steps:
        if of_points:
            blocks.append(Block(points, more, 0, seeds, chunk))
            points += more
        else:
            blocks.append(Block(0, points, seeds, more, chunk))
            seeds += more
    numbers = RunNumbers(blocks, seeds)
    total = points * seeds
    assert sorted(map(numbers.number, range(total))) == list(range(total))
    assert [numbers.stored_number(numbers.number(run)) for run in range(total)] == list(range(total))
    held = [run for k in range(numbers.chunks) for run in numbers.runs_of(k)]
    assert held == list(range(total))
    assert all(run in numbers.runs_of(numbers.chunk_of(run)) for run in range(total))


def test_a_number_that_no_run_has_is_an_error() -> None:
    numbers = RunNumbers([Block(0, 3, 0, 2, 4)], 2)
    for wrong in (
        lambda: numbers.place(6),
        lambda: numbers.chunk_of(6),
        lambda: numbers.runs_of(2),
        lambda: numbers.stored(0, 2),
    ):
        with pytest.raises(IndexError):
            wrong()
