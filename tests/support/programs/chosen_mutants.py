"""Try the mutants of rules that standard input names, and print their outcomes as JSON.

Input: a JSON list of [module, operator, text of the changed line]. A process of its own, because mutants are
tried in forks. ``python -m tests.support.programs.chosen_mutants TEST …`` from the project's folder.
"""

import json
import sys

from tests.mutation import runner
from tests.mutation.mutants import Mutant, mutants_of, original

wanted = json.load(sys.stdin)
chosen: list[Mutant] = []
for module in sorted({place[0] for place in wanted}):
    lines = original(module).splitlines()
    chosen += [
        mutant
        for mutant in mutants_of(module)
        if [module, mutant.operator, lines[mutant.line - 1].strip()] in wanted
    ]
rows: list[list[str]] = []
runner.run(
    "rules",
    chosen,
    1,
    5.0,
    lambda mutant, found: rows.append([mutant.operator, found["outcome"]]),
    lambda text: None,
    tuple(sys.argv[1:]),
    keep=False,
)
print("rows", json.dumps(sorted(rows)))
