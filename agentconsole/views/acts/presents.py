"""A granted gift as it gets into a reply: its code, which is shown by that, and its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from agentconsole.config.gestures import Gift
from agentconsole.desk import gestures
from agentconsole.desk.context import Desk
from agentconsole.errors import NotFound
from agentconsole.i18n import _
from agentconsole.model.conversation import ConversationRow
from agentconsole.model.gesture import Code, Given
from agentconsole.views.widgets.composer import Words

_PLACEHOLDER = re.compile(r"\{\{\s*gesture\.")


@dataclass(frozen=True)
class Present:
    """A gift with its words; ``language``: theirs, ISO 639-1."""

    given: Given
    code: Code | None
    text: str
    language: str


def present(desk: Desk, number: int, entry: UUID, gift: Gift | None, language: str) -> Present:
    """Shows its code: run where writes are. :raises NotFound: the gesture is not there any more."""
    code = gestures.reveal(desk, entry)
    given = next((each for each in gestures.given(desk, number) if each.id == entry), None)
    if given is None:
        raise NotFound(_("The gesture is not there any more."), _("Look at the customer's gestures."))
    return Present(given, code, gestures.gift_text(desk, gift, given, code, language), language)


def voided_words(desk: Desk, given: Given, key: UUID, language: str) -> tuple[ConversationRow, str]:
    """Void a gesture; answers its conversation, and the words that a reply had of it. Raises as :func:`gestures.void`.

    Run where writes are.
    """
    gift, entry = gestures.gift_of(desk, given), str(given.id)
    shown = gestures.codes(desk, [entry]).get(entry)
    code = None if shown is None else Code(shown, given.amount, given.currency, None)
    text = gestures.gift_text(desk, gift, given, code, language)
    return gestures.void(desk, given.id, key), text


def take_out(words: Words, text: str) -> bool:
    """Take a gift's words out, where they stand there unchanged; answers whether they did."""
    at = words.text.rfind(text) if text.strip() else -1
    if at < 0:
        return False
    words.replace("", _location(words.text, at), _location(words.text, at + len(text)))
    return True


def _location(text: str, index: int) -> tuple[int, int]:
    """Row and column of a place in a text."""
    before = text[:index]
    return before.count("\n"), index - (before.rfind("\n") + 1)


def put(desk: Desk, words: Words, gift: Present) -> None:
    """Where a macro left placeholders, they are filled in; else the gift's words go to the cursor."""
    if _PLACEHOLDER.search(words.text):
        filled = gestures.fill(desk, words.text, gift.given, gift.code, gift.language)
        words.select_all()
        words.put(filled)
        if gift.code is None or gift.code.code in filled:
            return
    (row, column), _end = sorted(words.selection)
    before = words.document.get_line(row)[:column]
    words.put(("\n" if before.strip() and not before.endswith(" ") else "") + gift.text)
