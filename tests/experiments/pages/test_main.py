"""`python -m experiments.pages` writes each page where it belongs."""

from __future__ import annotations

import json

from experiments.pages import __main__ as program
from experiments.pages import claims_table, parameters_page, readme_results, sweep_measures_page
from model import Parameters


def test_pages_are_written_where_they_belong(tmp_path, monkeypatch):
    monkeypatch.setattr(parameters_page, "PAGE", tmp_path / "parameters.md")
    monkeypatch.setattr(claims_table, "PAGE", tmp_path / "emergence.md")
    monkeypatch.setattr(claims_table, "page", lambda: "what emerges")
    monkeypatch.setattr(sweep_measures_page, "PAGE", tmp_path / "sweeps.md")
    monkeypatch.setattr(sweep_measures_page, "page", lambda: "the measures")
    monkeypatch.setattr(program, "generated_pages", lambda: {tmp_path / "rules.md": "the rules"})
    monkeypatch.setattr(readme_results, "README", tmp_path / "README.md")
    monkeypatch.setattr(readme_results, "results_block", lambda summary: f"of {summary['scenario']}")
    begin, end = readme_results.BEGIN, readme_results.END
    (tmp_path / "README.md").write_text(f"{begin}{end}", encoding="utf-8")
    (tmp_path / "summary.json").write_text(json.dumps({"scenario": "actual"}), encoding="utf-8")
    program.main([str(tmp_path / "summary.json")])
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.md")}
    assert written.pop("emergence.md") == "what emerges"
    assert written.pop("rules.md") == "the rules"
    assert written.pop("sweeps.md") == "the measures"
    assert written.pop("README.md") == f"{begin}\nof actual\n{end}"
    assert all(f"| `{name}` | " in written["parameters.md"] for name in Parameters.model_fields)
