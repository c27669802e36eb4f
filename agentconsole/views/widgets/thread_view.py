"""The messages of a conversation, oldest to newest. New ones never move what is being read."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from textual import events

from agentconsole.desk.context import Desk
from agentconsole.i18n import _, ngettext
from agentconsole.model.conversation import Draft, Message
from agentconsole.views.blocks import Block, BlockKeys, Look, blocks, draft_lines
from agentconsole.views.layout import Line
from agentconsole.views.messages import NearTop
from agentconsole.views.widgets.lines import Lines, nowhere


class ThreadView(Lines):
    """Blocks of lines, one a message; earlier messages are asked for when the top is reached."""

    def __init__(self, desk: Desk, keys: BlockKeys) -> None:
        super().__init__(id="thread")
        self._desk, self._keys = desk, keys
        self.number: int | None = None
        self.messages: tuple[Message, ...] = ()
        self.drafts: tuple[Draft, ...] = ()
        self.earlier = 0
        self.look = Look()
        self.blocks: list[Block] = []
        self._ends: list[int] = []
        self._tail: list[Line] = []
        self._pin_newest = False

    can_rest = nowhere

    def count(self) -> int:
        return (1 if self.earlier else 0) + (self._ends[-1] if self._ends else 0) + len(self._tail)

    def line(self, index: int, _columns: int) -> Line:
        if self.earlier:
            if index == 0:
                said = ngettext("… {n} earlier message", "… {n} earlier messages", self.earlier).format(n=self.earlier)
                return [(said, "dim")]
            index -= 1
        at = bisect_right(self._ends, index)
        if at < len(self.blocks):
            begin = self._ends[at - 1] if at else 0
            return self.blocks[at].lines[index - begin]
        index -= self._ends[-1] if self._ends else 0
        return self._tail[index] if index < len(self._tail) else []

    # What is shown

    def show(self, number: int, messages: tuple[Message, ...], earlier: int, drafts: tuple[Draft, ...]) -> None:
        """Another conversation, from its newest message."""
        self.number, self.messages, self.earlier, self.drafts = number, messages, earlier, drafts
        self.look = Look(self.columns)
        self._make()
        self.to_newest()

    def clear(self) -> None:
        """No conversation."""
        self.number, self.messages, self.earlier, self.drafts = None, (), 0, ()
        self._make()

    def renew(self, messages: tuple[Message, ...], earlier: int, drafts: tuple[Draft, ...]) -> int:
        """The same conversation, read again; answers how many messages are new.

        Earlier messages that were read stay as long as there are still as many of them: a merge that was taken back
        took some away.
        """
        older = tuple(m for m in self.messages if messages and m.seq < messages[0].seq)
        if older and self.earlier + len(older) == earlier:
            messages, earlier = older + messages, self.earlier
        known, now = {message.seq for message in self.messages}, {message.seq for message in messages}
        if (messages, earlier, drafts) != (self.messages, self.earlier, self.drafts):
            anchor, offset = self._in_sight()
            seen = None if anchor is None else self.blocks[anchor].message.seq
            self.messages, self.earlier, self.drafts = messages, earlier, drafts
            self._make()
            if not known <= now:
                self._look_at(seen, offset)
        return len([seq for seq in now - known if not known or seq > min(known)])

    def _look_at(self, seq: int | None, offset: int) -> None:
        """Messages are gone: what was in sight stays in sight, if it is still there."""
        index = next((i for i, block in enumerate(self.blocks) if block.message.seq == seq), None)
        if index is None:
            self.to_newest()
        else:
            self.scroll_to(y=self._begin(index) + offset, animate=False)

    def prepend(self, messages: tuple[Message, ...]) -> None:
        """Earlier messages: what is in sight stays where it is."""
        before = self.count()
        self.messages = messages + self.messages
        self.earlier = max(0, self.earlier - len(messages)) if messages else 0
        self._make()
        self.scroll_to(y=self.scroll_offset.y + self.count() - before, animate=False)

    def change_look(self, look: Look) -> None:
        """Unfold, show whole, or another width; the message in sight stays in sight."""
        anchor, offset = self._in_sight()
        self.look = look
        self._make()
        if anchor is not None:
            self.scroll_to(y=self._begin(anchor) + offset, animate=False)

    def _make(self) -> None:
        columns = self.look.columns
        if columns < 4:
            self.blocks = []
        else:
            self.blocks = blocks(self.messages, self.look, self._desk, self._desk.now(), self._keys)
        self._ends = list(accumulate(len(block.lines) for block in self.blocks))
        self._tail = []
        for draft in reversed(self.drafts):
            mine = draft.agent == self._desk.agent.id
            name = self._desk.agent_name(draft.agent)
            self._tail += draft_lines(
                name, draft.text, draft.updated_at, columns, self._desk, mine=mine, key=self._keys.reply
            )
        self.lines_changed()

    # Where it is scrolled to

    def to_newest(self) -> None:
        """The newest message in sight, from its beginning where it is longer than the pane."""
        height = self.scrollable_content_region.height
        bottom = max(0, self.count() - height)
        begin = self._begin(len(self.blocks) - 1) if self.blocks else 0
        self.scroll_to(y=min(bottom, begin), animate=False)
        self._pin_newest = True

    def to_message(self, seq: int) -> None:
        """That message at the top of the pane."""
        for index, block in enumerate(self.blocks):
            if block.message.seq == seq:
                self.scroll_to(y=self._begin(index), animate=False)

    def _begin(self, index: int) -> int:
        return (1 if self.earlier else 0) + (self._ends[index - 1] if index else 0)

    def _in_sight(self) -> tuple[int | None, int]:
        y = self.scroll_offset.y - (1 if self.earlier else 0)
        index = bisect_right(self._ends, max(0, y))
        return (index, max(0, self.scroll_offset.y - self._begin(index))) if index < len(self.blocks) else (None, 0)

    @property
    def below(self) -> int:
        """Lines below the last one in sight."""
        return max(0, self.count() - self.scroll_offset.y - self.scrollable_content_region.height)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value < old_value:
            self._pin_newest = False
            if new_value < 3 and self.earlier:
                self.post_message(NearTop())

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        if self.columns != self.look.columns:
            pinned = self._pin_newest
            self.change_look(Look(self.columns, self.look.unfolded, self.look.whole))
            if pinned:
                self.to_newest()
        elif self._pin_newest:
            self.to_newest()

    def place_words(self) -> str:
        """How much more there is below."""
        return _("{n} more lines below").format(n=self.below) if self.below else ""
