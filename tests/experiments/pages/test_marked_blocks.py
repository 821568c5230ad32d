"""A block of a page is renewed between its marks."""

from __future__ import annotations

import pytest

from experiments.pages.marked_blocks import replace_block


def test_a_block_is_replaced_between_its_marks() -> None:
    assert replace_block("a<b>old<e>c", "<b>", "<e>", lambda: "new") == "a<b>\nnew\n<e>c"


@pytest.mark.parametrize("text", ["a page", "<b> without an end", "<e> before <b>"])
def test_a_page_without_the_block_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="there is no block from <b> to <e>"):
        replace_block(text, "<b>", "<e>", lambda: "new")
