"""All targets of the fuzzing, by name."""

from __future__ import annotations

from tests.fuzzing.fuzz_program import program_targets
from tests.fuzzing.fuzz_settings import settings_targets
from tests.fuzzing.fuzz_stored import stored_targets
from tests.fuzzing.fuzz_tables import table_targets
from tests.fuzzing.fuzz_targets import Target

TARGETS: tuple[Target, ...] = (*table_targets(), *settings_targets(), *stored_targets(), *program_targets())
NAMES = tuple(target.name for target in TARGETS)
