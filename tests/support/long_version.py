"""Whether the long version runs, and what a test tells the ledger of it."""

from __future__ import annotations

import os
from collections.abc import Callable

FULL = os.environ.get("RELIABILITY") == "full"
LEDGER = os.environ.get("RELIABILITY_LEDGER")

Note = Callable[..., None]
