"""All targets of the fuzzing, by name."""

from __future__ import annotations

from tests.fuzzing.program_targets import program_targets
from tests.fuzzing.settings_targets import settings_targets
from tests.fuzzing.stored_targets import stored_targets
from tests.fuzzing.table_targets import table_targets
from tests.fuzzing.target import Target

TARGETS: tuple[Target, ...] = (*table_targets(), *settings_targets(), *stored_targets(), *program_targets())
NAMES = tuple(target.name for target in TARGETS)
