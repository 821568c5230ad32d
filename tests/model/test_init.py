"""Names of version 0.1.0: each is answered with the one of today, which exists."""

import importlib

import pytest

import model


@pytest.mark.parametrize("old", model._RENAMED)
def test_an_old_name_is_answered_with_the_new(old):
    new = model._RENAMED[old]
    with pytest.raises(ImportError, match=f"model.{old} is now {new}"):
        getattr(model, old)
    package, _, name = new.rpartition(".")
    assert hasattr(model, name) if package == "model" else importlib.import_module(new)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = model.nothing
