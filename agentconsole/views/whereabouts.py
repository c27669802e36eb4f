"""The situation of the main screen: what actions look at to say whether they can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconsole.desk.ledger import supervises
from agentconsole.model.message import Direction
from agentconsole.views.situation import Place, Situation

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


def situation_of(page: MainScreen) -> Situation:
    """Where the adviser is now."""
    row, thread, composer, place = page.target, page.thread, page.composer, page.place
    # The card may cover the thread that one is in all the same.
    opened = row is not None and thread.number == row.number and (page.thread_shown or place is Place.CARD)
    blocks = thread.blocks if opened and page.thread_shown else []
    messages = thread.messages if opened else ()
    return Situation(
        place=place,
        row=row,
        opened=opened,
        me=page.desk.agent.id,
        no_reply=page.writing.can_reply(row) if row else "",
        writing=composer.kind if composer and composer.is_open else "",
        busy=page.writing.busy,
        rows=page.listing.count(),
        folded=sum(block.folds for block in blocks),
        long=sum(block.cut for block in blocks) or int(thread.look.whole),
        files=sum(len(message.attachments) for message in messages),
        earlier=thread.earlier,
        attached=len(composer.files) if composer else 0,
        marked=len(page.marked),
        merged=len(page.reading.merged) if opened else 0,
        messages=sum(m.direction is Direction.IN for m in messages) if len(messages) > 1 else 0,
        along=bool(composer and composer.actions),
        customer=row is not None,
        others=place is Place.CARD and page.card.current is not None,
        linked=page.around.customers.linked,
        gestures=bool(page.desk.config.delegations),
        supervises=supervises(page.desk),
        searched=bool(page.finding.query) and page.finding.wrong is None,
    )
