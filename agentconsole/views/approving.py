"""Boxes over the approvals: how much is approved, and why something is refused."""

from __future__ import annotations

from textual.widgets import Input

from agentconsole.config.amounts import read_amount, units
from agentconsole.desk import deciding
from agentconsole.desk.context import Desk
from agentconsole.desk.deciding import Case
from agentconsole.i18n import _, money
from agentconsole.views.approval_lines import after_words, over_words
from agentconsole.views.foreign import steady
from agentconsole.views.gesture_words import kind_words
from agentconsole.views.overlays import Ask

_ANSWER_AT_MOST = 500
"""Characters of why something is refused."""


class HowMuch(Ask):
    """How much is approved: what is left after it is told while it is typed."""

    def __init__(self, case: Case, desk: Desk) -> None:
        asked = case.request.approval
        title = _("Approve {amount} for {who}? ({kind})").format(
            amount=money(asked.amount, asked.currency), kind=kind_words(desk, asked.kind),
            who=steady(desk.agent_name(asked.requester), one_line=True, limit=40),
        )  # fmt: skip
        most = deciding.most(case) or asked.amount
        self._case = case
        super().__init__(title, "", self._wrong, units(most, asked.currency))

    def _tell(self, said: str, _style: str) -> None:
        """What would come of what is typed; or what is wrong with it, which is said then anyway."""
        text = self.query_one("#filter", Input).value
        wrong = said or self._wrong(text)
        if wrong:
            self.foot.show([(wrong, "warn")])
            return
        asked, amount = self._case.request.approval, self.amount(text)
        words = _("enter approves {amount}, esc leaves it").format(amount=money(amount, asked.currency))
        self.foot.show([(after_words(self._case, amount), "")], [(words, "bold")])

    def amount(self, text: str) -> int:
        """What is typed, in minor units of the request's currency.

        :raises ValueError: it is no such amount.
        """
        asked = self._case.request.approval
        amount, currency = read_amount(text, asked.currency)
        if currency != asked.currency or not 0 < amount <= asked.amount:
            raise ValueError(text)
        return amount

    def _wrong(self, text: str) -> str:
        asked = self._case.request.approval
        try:
            amount = self.amount(text)
        except ValueError:
            said = _("An amount, at most the {amount} that is asked for.")
            return said.format(amount=money(asked.amount, asked.currency))
        return over_words(self._case, amount)


def no_reason(text: str) -> str:
    """Why that is no reason to refuse; empty where it is one."""
    if not text.strip():
        return _("Say why: whoever asked should know.")
    return _("At most {n} characters.").format(n=_ANSWER_AT_MOST) if len(text.strip()) > _ANSWER_AT_MOST else ""
