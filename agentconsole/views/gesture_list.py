"""The list of the gesture panel."""

from __future__ import annotations

from collections.abc import Sequence

from agentconsole.views.gesture_form import Form
from agentconsole.views.layout import width
from agentconsole.views.offers import amount_of
from agentconsole.views.overlays import Choices, Item


class GestureList(Choices):
    """What can be given, or reasons: as the field asks that one is in."""

    def show_offers(self, form: Form) -> None:
        """The offers, with the chosen one marked; none is, where nothing is chosen."""
        at = next((i for i, each in enumerate(form.offers) if each is form.offer), 0 if form.offer is not None else -1)
        self._show([Item(each, each.label, amount_of(each)) for each in form.offers], at)

    def show_reasons(self, found: Sequence[tuple[str, str]], chosen: str) -> None:
        """Reasons, each an id and a name."""
        at = next((i for i, each in enumerate(found) if each[0] == chosen), 0)
        self._show([Item(each[0], each[1]) for each in found], at)

    @property
    def marked(self) -> object:
        """The offer, or the reason's id, under the mark; ``None`` where nothing is marked."""
        return self.items[self.cursor].value if 0 <= self.cursor < len(self.items) else None

    @property
    def has_reasons(self) -> bool:
        """Whether it shows reasons."""
        return bool(self.items) and isinstance(self.items[0].value, str)

    def take(self, lines: int) -> None:
        """Be so many lines high at most."""
        most = self.styles.max_height
        if most is None or most.value != lines:
            self.styles.max_height = lines
            self.call_after_refresh(self.scroll_to_line, max(0, self.cursor))

    def _show(self, items: list[Item[object]], at: int) -> None:
        self.items, self.cursor = items, at
        self.aligned = max((width(item.text) for item in items), default=0) + 2
        self.scroll_to(y=0, animate=False)
        self.lines_changed()
        self.refresh(layout=True)  # it is as high as there are lines
        self.call_after_refresh(self.scroll_to_line, max(0, at))
