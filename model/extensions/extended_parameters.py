"""The class of parameters with those of extensions."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import create_model

from model.parameters import Parameter, Parameters


class _Extended(Parameters):
    """Parameters with those of extensions; copies and worker processes make the class again from these."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.own, self.model_dump(exclude_unset=True))


def _remade(own: tuple[Parameter, ...], values: dict[str, Any]) -> Parameters:
    return extended_parameters(own)(**values)


@functools.lru_cache(maxsize=64)
def extended_parameters(own: tuple[Parameter, ...]) -> type[Parameters]:
    """Return the class of parameters with those of extensions last; ``Parameters`` if there are none."""
    if not own:
        return Parameters
    fields: Any = {one.name: one.field() for one in own}
    made = create_model("Parameters", __base__=_Extended, **fields)
    made.own = own
    return made
