"""The table of recorded measures in docs/sweeps.md: ``python -m experiments.pages.sweep_measures_page`` writes it anew."""

from __future__ import annotations

from pathlib import Path

from experiments.sweep.measures import EFFECTS, METRICS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sweeps.md"
BEGIN, END = "<!-- measures: python -m experiments.pages.sweep_measures_page -->", "<!-- end of measures -->"


def measures_table() -> str:
    """Name, unit and meaning of every metric and effect, in Markdown."""
    lines = [BEGIN, "", "| metric | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {meaning} |" for name, (unit, meaning) in METRICS.items()]
    lines += ["", "| effect, in `finals` with `twin` | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {meaning} |" for name, (unit, meaning) in EFFECTS.items()]
    return "\n".join([*lines, "", END])


def with_measures(text: str) -> str:
    """A page with its table of measures as the code has it. Raises ValueError for a page without one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no block from {BEGIN} to {END}")
    return before + measures_table() + after


if __name__ == "__main__":
    PAGE.write_text(with_measures(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
