"""Waves of history matching: they close in on the figures, and continue where they stood."""

import json
from pathlib import Path

import numpy as np
import pytest

from experiments.matching import waves as module
from experiments.matching.waves import SEEDS, Waves
from experiments.validation.matched_figures import CUT, matched_figures


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waves:
    """Waves whose runs are a made-up function of the place: every figure on its target but X5."""

    def run(self: Waves, number: int, wave: int, u: list[float] | None) -> None:
        figures = {one.id: one.value + 0.001 * (number % 3) for one in self.figures}
        figures["X5"] = 0.03 + (0.0 if u is None else 0.05 * (u[0] - 0.5)) + 0.0001 * (number % 3)
        worst = 0.0 if u is None else abs(figures["X5"] - 0.03) / (0.01 / np.sqrt(3.0))
        line = {"point": number, "wave": wave, "u": u, "figures": figures}
        self.points.append(line)
        module.append_line(self.folder / module.RUNS, line)
        if worst <= CUT:
            self.members.append({"point": number})
            module.append_line(self.folder / module.EFFECTS, {"point": number})

    kept = tuple(one for one in matched_figures() if one.id in ("X5", "X10"))
    monkeypatch.setattr(module, "matched_figures", lambda: kept)
    monkeypatch.setattr(Waves, "_run", run)
    monkeypatch.setattr(module, "FIRST", 30)
    monkeypatch.setattr(module, "LATER", 10)
    return Waves(tmp_path)


def test_waves_continue_and_close_in_on_the_figures(begun: Waves) -> None:
    assert begun.build(45, until=1e12, report=lambda line: None)
    again = Waves(begun.folder)
    assert again.found == begun.found >= 45
    before = [one["u"] for one in again.points]
    again.build(50, until=1e12, report=lambda line: None)
    assert [one["u"] for one in again.points][: len(before)] == before
    later = [one["u"][0] for one in again.points if one["wave"] > 1]
    assert np.ptp(later) < 0.9  # places whose X5 is off are no longer proposed
    assert len(again.points) > SEEDS + 40
    with (begun.folder / module.RUNS).open("a", encoding="utf-8") as file:
        file.write('{"point": 99, "u": [0.')  # cut short by an interruption
    assert len(Waves(begun.folder).points) == len(again.points)
    assert json.loads((begun.folder / "wave-1.json").read_text(encoding="utf-8"))
