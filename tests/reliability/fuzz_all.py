"""All targets of the fuzzing, by name."""

from __future__ import annotations

from fuzz_program import program_targets
from fuzz_stored import stored_targets
from fuzz_targets import Target, file_targets

TARGETS: tuple[Target, ...] = (*file_targets(), *stored_targets(), *program_targets())
NAMES = tuple(target.name for target in TARGETS)
