"""The colours of every chart and figure, and their contrast with white.

They are those of Okabe and Ito, which colour-blind readers can tell apart, in grey too; orange and sky blue
are darker than theirs, so that every mark has a contrast of 3:1 on white (WCAG 2.2, 1.4.11).
[Okabe & Ito 2008, Color Universal Design]
"""

from __future__ import annotations

BLUE, ORANGE, GREEN, RED = "#0072B2", "#B98A00", "#009E73", "#D55E00"
PURPLE, SKY, GREY = "#CC79A7", "#3A92C9", "#6B6B6B"
LEAST = 3.0  # contrast of a mark


def contrast(colour: str) -> float:
    """Return the contrast of a colour such as #0072B2 with white. [WCAG 2.2, relative luminance]"""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
