"""Parts of boxes that are filled in: fields with their names, an amount, lines as high as there are of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from agentconsole.views.layout import Line
from agentconsole.views.widgets.lines import Bar


class Amount(Input):
    """Takes an amount; letters are for something else, and go there.

    :param letter: gets them.
    """

    def __init__(self, letter: Callable[[events.Key], None]) -> None:
        super().__init__()
        self._letter = letter

    def _forward_event(self, event: events.Event) -> None:
        """Textual hands a key to whatever has the focus at that moment: keys that follow a letter go where it went.

        A letter that is only handled later would have them come here, ahead of it.
        """
        if isinstance(event, events.Key) and event.character and event.character.isalpha():
            self._letter(event)
        else:
            super()._forward_event(event)


class Height(Bar):
    """A bar as high as its lines; without any it is not there."""

    def tell(self, lines: list[Line]) -> None:
        """Show these."""
        self.show(*lines)
        self.appear(bool(lines))
        if lines and (self.styles.height is None or self.styles.height.value != len(lines)):
            self.styles.height = len(lines)


class Fields(Horizontal):
    """Inputs below one another, each beside its name; what was typed into them is told when it is asked for.

    :param boxes: by name, in their order. :param hints: what an empty one says.
    """

    def __init__(self, boxes: Mapping[str, Input], hints: Mapping[str, str]) -> None:
        super().__init__(id="fields")
        self.boxes = dict(boxes)
        self._heard = dict.fromkeys(boxes, "")
        self._labels = Height(id="labels")
        for name, box in self.boxes.items():
            box.id, box.compact, box.select_on_focus, box.cursor_blink = name, True, False, False
            box.placeholder = hints.get(name, "")

    def compose(self) -> ComposeResult:
        yield self._labels
        with Vertical():
            yield from self.boxes.values()

    @property
    def at(self) -> str:
        """The name of the one that has the focus; empty where none has it."""
        focused = self.screen.focused
        return next((name for name, box in self.boxes.items() if box is focused), "")

    def set(self, name: str, text: str) -> None:
        """Fill one in; that is not typing."""
        box = self.boxes[name]
        with box.prevent(Input.Changed):
            self._heard[name] = box.value = text

    def typed(self) -> dict[str, str]:
        """What was typed since it was last asked for, by name."""
        found = {name: box.value for name, box in self.boxes.items() if box.value != self._heard[name]}
        self._heard |= found
        return found

    def forget(self) -> None:
        """What was typed since is not wanted."""
        for name, box in self.boxes.items():
            if box.value != self._heard[name]:
                self.set(name, self._heard[name])

    def go(self, name: str) -> None:
        """Type there, over what it holds."""
        self.screen.set_focus(self.boxes[name])  # at once: the next key is for it
        self.boxes[name].select_all()

    def appear(self, names: Mapping[str, str], shown: Collection[str]) -> None:
        """Have these there, each with what it is called."""
        for name, box in self.boxes.items():
            if box.display != (name in shown):
                box.display = name in shown
        self._labels.tell([[(said, "dim")] for name, said in names.items() if name in shown])
