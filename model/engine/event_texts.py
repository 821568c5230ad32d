"""Events bound to names and written as source, once for all runs of a process."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from dataclasses import replace

from model.engine.binding import Absent, BoundEvent, bind_for_each
from model.engine.compile.kernel_source import KernelSignature, kernel_text
from model.engine.events import ForEach, Rule
from model.engine.mixed_events import is_stretched
from model.engine.rule_source import captured_constants, is_user_defined
from model.engine.schema import Schema

LONG_TEXT = 5_000  # characters of a kernel that take about two seconds to compile
Context = tuple[tuple[str, ...], Schema, Absent]  # names of parameters, schema, columns that are off
Key = tuple[ForEach, tuple[Rule, ...], tuple[str, ...], Schema, Absent]
Written = tuple[BoundEvent, KernelSignature, str]


# Binding and writing source depend on names and functions alone, so the runs of a process share both.
@functools.lru_cache(maxsize=512)
def bound_event(
    event: ForEach, functions: tuple[Rule, ...], parameters: tuple[str, ...], schema: Schema, absent: Absent
) -> tuple[BoundEvent, KernelSignature]:
    """Return the event with every name resolved, and the order of its kernel's arguments."""
    bound = bind_for_each(event, dict(zip(event.rules, functions, strict=True)), parameters, schema, absent)
    return bound, KernelSignature(bound)


def event_text(key: Key, arithmetic: str) -> str:
    """Return the source of the kernel of a bound event."""
    return _text(key, tuple(map(captured_constants, key[1])), arithmetic)


@functools.lru_cache(maxsize=512)
def _text(key: Key, constants: tuple[Hashable, ...], arithmetic: str) -> str:
    # ``constants`` distinguishes what the functions alone cannot: numbers that they use from outside.
    return kernel_text(*bound_event(*key), arithmetic)


def long_event(event: ForEach, bound: BoundEvent, context: Context, arithmetic: str) -> Written | None:
    """Return the long event of the model, with its kernel in stretches, that a bound event changes or is.

    None if it is no event of the model, or a short one, or its rules read something else there.
    """
    alone = event.original or event
    if len(alone.functions) != len(alone.rules) or any(map(is_user_defined, alone.functions)):
        return None
    key = (replace(alone, scope=()), alone.functions, *context)
    found = _in_stretches(key, tuple(map(captured_constants, alone.functions)), arithmetic)
    return found if len(found[2]) > LONG_TEXT and is_stretched(bound, found[0]) else None


@functools.lru_cache(maxsize=128)
def _in_stretches(key: Key, constants: tuple[Hashable, ...], arithmetic: str) -> Written:
    bound = bound_event(*key)[0]
    signature = KernelSignature(bound, stretches=True)
    return bound, signature, kernel_text(bound, signature, arithmetic)
