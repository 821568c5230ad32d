"""The folder of a decision spares files that are not its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.user_error import UserError
from experiments.questions.decision.decision_files import NUMBERS, PAGE, write_decision
from experiments.questions.decision.one_page import decision_record
from experiments.questions.decision.plans import Plan
from experiments.questions.decision.worlds import AskingCity, World
from model.country.country import Country


def test_files_are_written_whole(
    worlds: Callable[[int], list[World]], there: Country, question: AskingCity, tmp_path: Path
) -> None:
    plans = [Plan(name) for name in ("nothing", "basic", "later")]
    told = decision_record(worlds(4), plans, question, "city", there)
    folder = tmp_path / "city"
    assert write_decision(folder, told) == folder / PAGE
    assert {one.name for one in folder.iterdir()} == {PAGE, NUMBERS}
    assert "rules `" in (folder / PAGE).read_text(encoding="utf-8")
    write_decision(folder, told)
    (folder / "mine.txt").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="other files"):
        write_decision(folder, told)
