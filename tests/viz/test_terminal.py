"""Tables in the terminal, and files that are written whole where the user asks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from agents.user_error import UserError
from experiments.measures.number_text import estimate, general, number, sized
from viz import terminal
from viz.terminal import check_target, echo_err, end_output, show_table, start_output, write_file

ENDINGS = (".csv", ".parquet")


def test_numbers_are_flush_right_and_texts_left(capsys: pytest.CaptureFixture[str]) -> None:
    show_table("Growth", ["city", "rate", "unit"], [("A", "1.0", "%"), ("Beta", "-10.0", "%")], ["unit"])
    title, _, _, _, first, second, *_ = capsys.readouterr().out.splitlines()
    assert title == "Growth"
    assert first.rstrip() == " A        1.0   %"
    assert second.rstrip() == " Beta   -10.0   %"


def test_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_table("[bold]T[/bold]", ["a"], [["[red]x"], [":smile:"]])
    out = capsys.readouterr().out
    assert "[bold]T[/bold]" in out
    assert "[red]x" in out
    assert ":smile:" in out


def test_remarks_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    echo_err("a remark")
    assert capsys.readouterr() == ("", "a remark\n")


def test_a_target_that_cannot_be_written_is_named_before_work_starts(tmp_path: Path) -> None:
    there = tmp_path / "a.csv"
    there.write_text("old")
    (tmp_path / "folder.csv").mkdir()
    for name, said in {
        "a.txt": "must have a name that ends in .csv or .parquet",
        "folder.csv": "is a folder; name a file",
        "a.csv": "already exists; --force replaces it",
    }.items():
        with pytest.raises(UserError, match=f"{name} {said}"):
            check_target(tmp_path / name, ENDINGS)
    check_target(there, ENDINGS, force=True)
    check_target(tmp_path / "B.CSV", ENDINGS)
    assert there.read_text() == "old"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.csv"
    write_file(target, ENDINGS, lambda part: part.write_text("rows"))
    assert target.read_text() == "rows"

    def breaks(part: Path) -> None:
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match=r"a\.csv cannot be written: No space left on device"):
        write_file(target, ENDINGS, breaks, force=True)
    assert target.read_text() == "rows"
    assert list(target.parent.iterdir()) == [target]


def test_no_sentence_controls_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "A\x1b[31mB\x07\u202eC\u2066\x00"
    for show in (terminal.echo, terminal.echo_err, terminal.warn):
        show(f"{name}\nsecond line")
    terminal.show_table(f"table of {name}", ["name"], [(name,)], ["name"])
    found = capsys.readouterr()
    shown = found.out + found.err
    assert "second line" in shown
    assert terminal.harmless("算力　中心\u00a01") == "算力　中心\u00a01"  # spaces of other scripts stay
    assert [char for char in shown if not char.isprintable() and char != "\n"] == []


def test_programs_get_all_digits_of_what_a_table_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """A mean and its error are two cells; a number that is not defined is none, and a text stays one."""
    third = 1 / 3
    rows = [
        ["a", number(np.float64(third)), estimate(-third, third), general(1e9 / 3, 3), "2-3", "1,200"],
        ["b", number(None), estimate(third, np.nan), sized(1e-12 * third), "x", "n/a"],
    ]
    for form in ("json", "csv"):
        start_output(form)
        show_table("t", ["", "mean", "effect", "size", "model ± s.e.", "n"], rows)
        end_output()
    start_output()
    text, _, lines = capsys.readouterr().out.partition("\n]\n")
    shown = json.loads(text + "\n]")[0]["rows"]
    assert list(shown[0]) == ["1", "mean", "effect", "effect s.e.", "size", "model", "n"]
    assert list(shown[0].values()) == ["a", third, -third, third, 1e9 / 3, "2-3", 1200]
    assert list(shown[1].values()) == ["b", None, third, None, 1e-12 * third, "x", None]
    assert lines.splitlines()[1] == f"a,{third},{-third},{third},{1e9 / 3},2-3,1200"
