"""Files of lines of JSON."""

from __future__ import annotations

from pathlib import Path

from experiments.storage.json_lines import append_line, read_lines


def test_finished_lines_are_kept_and_one_cut_short_is_done_again(tmp_path: Path) -> None:
    file = tmp_path / "work.jsonl"
    assert read_lines(file) == []
    append_line(file, {"point": 0, "name": "市"})
    append_line(file, {"point": 1})
    file.write_text(file.read_text(encoding="utf-8") + '{"poi', encoding="utf-8")
    assert read_lines(file) == [{"point": 0, "name": "市"}, {"point": 1}]
    # Work that continues loses neither the line after the one cut short nor those that follow.
    append_line(file, {"point": 1.5})
    append_line(file, {"point": 2})
    assert [line["point"] for line in read_lines(file)] == [0, 1, 1.5, 2]
