"""The files of a decision: one page and its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.user_error import UserError
from experiments.ensemble.members import shipped_ensemble
from experiments.questions.decision.one_page import one_page
from experiments.storage.atomic_write import WholeFolder
from experiments.storage.json_file import json_text
from experiments.storage.provenance import command_line, versions
from experiments.study.run_key import rules_fingerprint

Plain = dict[str, Any]  # of a file: plain values by name

PAGE, NUMBERS = "decision.md", "decision.json"


def write_decision(folder: Path, told: Plain, force: bool = False, language: str = "en") -> Path:
    """Write the page and the numbers, whole or not at all; return the page. Raises UserError."""
    if folder.exists() and not force and {one.name for one in folder.iterdir()} - {PAGE, NUMBERS}:
        raise UserError(f"{folder} holds other files: name another folder with --out, or --force")
    about = shipped_ensemble().about
    made = {
        "command": command_line(),
        "version": versions()["computeleap"],
        "rules": rules_fingerprint(),
        "date": about["date"],
    }
    with WholeFolder(folder) as place:
        (place / PAGE).write_text(one_page(told, made, language), encoding="utf-8")
        (place / NUMBERS).write_text(json_text(told), encoding="utf-8")
    return folder / PAGE
