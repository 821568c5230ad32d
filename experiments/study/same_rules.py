"""Rule texts that give the same results, and whether an artefact that is shipped was made with one of them.

A rule that is new and switched off changes the text of the rules and no result. ``same_rules.txt`` lists the
fingerprints of texts that gave every hash of the determinism manifest, newest last;
``python -m tests.properties.result_hashes --same`` checks the hashes and adds the present text.
"""

from __future__ import annotations

import functools
from pathlib import Path

from experiments.study.run_key import rules_fingerprint

PLACE = Path(__file__).with_suffix(".txt")


@functools.cache
def known_fingerprints() -> tuple[str, ...]:
    """Return the fingerprints of the list, newest last."""
    return tuple(PLACE.read_text(encoding="utf-8").split())


def same_rules(recorded: object) -> bool:
    """Return whether rules of that fingerprint give the results of the present ones."""
    now = rules_fingerprint()
    return recorded == now or {recorded, now} <= set(known_fingerprints())
