"""Tables fit the width that there is, and no number is broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from viz.table_layout import table_lines

COLUMNS = ["factor", "mean rung without", "s.e.", "model_mean", "meaning"]
TEXT = [True, False, False, False, True]
ROWS = [
    [
        "substitution",
        "−0.09244 ± 0.3",
        "1.276e+05",
        "0.00355",
        "goods for each other, from 1 to 3 (judgement)",
    ],
    ["early_adoption", "4", "12,345,678.9", "0.1534", "算力中心开业的城市, 2005 to 2012"],
]
NUMBERS = ["−0.09244 ± 0.3", "1.276e+05", "12,345,678.9", "0.00355", "0.1534", "2005", "2012"]


@pytest.mark.parametrize("width", [200, 100, 80, 60, 45, 30])
def test_a_table_fits_and_its_numbers_are_whole(width: int) -> None:
    lines, headings = table_lines(COLUMNS, ROWS, TEXT, width)
    assert max(map(cell_len, lines)) <= width
    assert all(any(number in line for line in lines) for number in NUMBERS)
    assert headings[0] == 0
    names = " ".join(lines[place] for place in headings)
    assert all(word in names for column in COLUMNS for word in column.split())


def test_columns_that_do_not_fit_go_to_a_further_part_with_the_first_column() -> None:
    lines, _ = table_lines(COLUMNS, ROWS, TEXT, 60)
    parts = "\n".join(lines).split("\n\n")
    assert len(parts) > 1
    assert all("substitution" in part and "early_adoption" in part for part in parts)


def test_without_a_width_every_row_is_one_line() -> None:
    lines, headings = table_lines(COLUMNS, ROWS, TEXT, None)
    assert (len(lines), headings) == (4, [0])


def test_names_are_whole_where_there_is_room() -> None:
    lines, _ = table_lines(
        ["name", "meaning"], [["latency_penalty_intelligent", "word " * 40]], [True, True], 60
    )
    assert any("latency_penalty_intelligent" in line for line in lines)
    assert not any(line.endswith(" wo") for line in lines)


def test_what_would_control_the_terminal_is_shown_as_a_question_mark() -> None:
    lines, _ = table_lines(["city"], [["\x1b[31mRed\nTown"]], [True], 40)
    assert lines[-1] == " ?[31mRed Town"


@given(
    st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), max_size=4),
    st.integers(20, 120) | st.none(),
)
def test_any_text_can_be_laid_out(rows: list[list[str]], width: int | None) -> None:
    lines, headings = table_lines(["a", "b c", "d"], rows, [True, False, True], width)
    assert headings
    assert all(line.isprintable() for line in lines)
