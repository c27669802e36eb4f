"""The page as it looks behind an overlay."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen


@lru_cache(1024)
def _tinted(style: Style | None, color: Color) -> Style | None:
    """A style of the page as it looks behind an overlay."""
    [made] = BackgroundScreen.process_segments([Segment("", style)], color)
    return made.style


class Behind(BackgroundScreen):
    """The page behind an overlay; its few styles are worked out once, rather than for each word of each picture."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """The same words in the tinted styles."""
        return [
            segment if segment.control else Segment(segment.text, _tinted(segment.style, color)) for segment in segments
        ]
