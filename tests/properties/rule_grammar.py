"""Rules that no author would write: random text from a small grammar of allowed rules.

Every rule is a plain function of the columns a, b and e, the row k, the parameter rate and a draw. It may
divide by zero, overflow or take the root of a negative number: that is to be answered alike in both engines.
Whole numbers are left out where they could pass 2**63, which compiled code cannot hold.
"""

from __future__ import annotations

import random
import re

LEAVES = ("a", "b", "e", "k", "rate", "draw_own")
NUMBERS = ("0.0", "1.0", "-1.0", "0.5", "2.5", "3.0", "1e-300", "1e300", "0", "1", "7", "10**20")
PLAIN = ("abs", "math.fabs", "math.sqrt", "np.sqrt", "root")
ELEMENTARY = ("exp", "log", "logistic", "math.exp", "np.log")
HEAD = """import math
from math import sqrt as root

import numpy as np

from agents.elementary import exp, log, logistic, power

"""


class Grammar:
    """Writes rules. ``elementary``: they may use exp, log and powers, which take long to compile."""

    def __init__(self, seed: int, elementary: bool = True) -> None:
        self.random = random.Random(seed)
        self.elementary = elementary
        self.locals: list[str] = []

    def leaf(self) -> str:
        """A name or a number."""
        if self.random.random() < 0.7:
            return self.random.choice([*LEAVES, *self.locals])
        return self.random.choice(NUMBERS)

    def expression(self, depth: int) -> str:
        """A value."""
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf()

        def part() -> str:
            return self.expression(depth - 1)

        dice = self.random.random()
        if dice < 0.35:
            return f"({part()} {self.random.choice('+-*')} {part()})"
        if dice < 0.50:
            return f"({part()} {self.random.choice(['/', '/', '//', '%'])} {part()})"
        if dice < 0.65:
            compared = f"{part()} {self.random.choice(['<', '<=', '>', '>=', '==', '!='])} {part()}"
            return f"({part()} if {compared} else {part()})"
        if dice < 0.75:
            return f"{self.random.choice(['min', 'max'])}({part()}, {part()})"
        if dice < 0.80:
            return f"-{part()}"
        if dice < 0.84:
            # Numba takes no truth for the number that exp, log or a power is of, and says so.
            return self.random.choice(
                [f"({part()} and {part()})", f"({part()} or {part()})", f"(0 + (not {part()}))"]
            )
        if self.elementary and dice < 0.92:
            return self.random.choice([f"power({part()}, {part()})", f"({part()} ** {part()})"])
        function = self.random.choice(PLAIN + ELEMENTARY if self.elementary else PLAIN)
        return f"{function}({part()})"

    def rule(self, name: str) -> str:
        """The text of a rule."""
        self.locals = []
        body = []
        for number in range(self.random.choice((0, 0, 1, 2))):
            local = f"x{number}"
            body.append(f"    {local} = {self.expression(2)}")
            self.locals.append(local)
            if self.random.random() < 0.4:
                operation = self.random.choice(["+=", "-=", "*=", "/=", "%=", "//="])
                body.append(f"    {local} {operation} {self.expression(1)}")
        if self.random.random() < 0.3:
            body += [
                f"    if {self.expression(1)} > {self.expression(1)}:",
                f"        return {self.expression(2)}",
            ]
        body.append(f"    return {self.expression(3)}")
        text = "\n".join(body)
        reads = [leaf for leaf in LEAVES if re.search(rf"\b{leaf}\b", text)]
        return f"def {name}({', '.join(reads)}):\n{text}\n"


# Rules that cannot be, each with what its sentence says of it where it is interpreted.
INVALID = {
    "def own(a, zzz):\n    return a\n": "reads an unknown name, zzz",
    "def own(*a):\n    return 1.0\n": "takes *a",
    "def own(a, **more):\n    return a\n": "takes *more",
    "def own(a):\n    return 'text'\n": "not a number",
    "def own(a):\n    return None\n": "not a number",
    "def own(a):\n    a + 1.0\n": "not a number",
    "def own(a):\n    return [a]\n": "not a number",
    "def own(a):\n    return (a, a)\n": "not a number",
    "def own(a):\n    return missing(a)\n": "uses missing, which is not defined",
    "def own(a):\n    return math.sin(a)\n": "uses math.sin",
    "def own(a):\n    return np.random.normal()\n": "uses np.random",
    "def own(a):\n    return own(a - 1.0) if a > 0.0 else 0.0\n": "RecursionError",
    "def own(a):\n    raise ValueError('no')\n": "ValueError: no",
    "def own(a):\n    return a.upper()\n": "AttributeError",
    "def own(a):\n    return exp(a, a)\n": "exp",
    "own = lambda a: a\n": "must be written with def",
    "def own(a):\n    return log(a) / 0.0\n": "gives no finite number",
    "def own(a):\n    return root(-1.0 - abs(a))\n": "gives no finite number",
}
