"""Renew the pages that are made from the code and from stored results.

``python -m experiments.pages`` writes docs/parameters.md, docs/state.md, docs/rules.md, the stubs of names
for editors (model/names.pyi, agents/agent_columns.pyi), the table of measures in docs/sweeps.md, the table of
verdicts in docs/explanation/what-emerges.md, those of mechanisms and decisions in docs/experiments.md, those
of other programs, of known effects and of the audit in docs/evaluation.md and that of the claims of the
source documents; with the ``summary.json`` of a results folder it also fills the block of results in
README.md. Run it in the project's folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.pages import (
    audit_table,
    claims_table,
    decisions_table,
    estimator_peers_table,
    known_effect_table,
    mechanisms_table,
    parameters_page,
    readme_results,
    source_documents,
    sweep_measures_page,
)
from experiments.pages.odd_pages import generated_pages


def main(arguments: Sequence[str]) -> None:
    """Write the pages; ``arguments`` may name a ``summary.json``."""
    pages = {
        parameters_page.PAGE: parameters_page.parameters_page(),
        claims_table.PAGE: claims_table.page(),
        estimator_peers_table.PAGE: known_effect_table.with_tables(
            audit_table.with_tables(estimator_peers_table.page())
        ),
        mechanisms_table.PAGE: decisions_table.with_table(mechanisms_table.page()),
        source_documents.PAGE: source_documents.page(),
        sweep_measures_page.PAGE: sweep_measures_page.page(),
        **generated_pages(),
    }
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    for name in arguments:
        summary = json.loads(Path(name).read_text(encoding="utf-8"))
        readme = readme_results.README
        text = readme_results.with_results(readme.read_text(encoding="utf-8"), summary)
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
