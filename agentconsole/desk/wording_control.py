"""Control in words: why a gesture is looked at, verdicts, and what sums are of."""

from __future__ import annotations

from agentconsole.desk import wording_gestures as naming
from agentconsole.desk.context import Desk
from agentconsole.desk.control import Hit, Why
from agentconsole.i18n import _, money, ngettext, pgettext
from agentconsole.model.gesture import Purse


def why(desk: Desk, hit: Hit, currency: str) -> str:
    """Why a gesture is looked at, as half a sentence."""
    if hit.why is Why.JUST_UNDER:
        return _("{n} % of the ceiling of {amount}").format(n=hit.count, amount=money(hit.amount, currency))
    if hit.why is Why.SAME_CUSTOMER:
        return ngettext("{n} gesture to this customer", "{n} gestures to this customer", hit.count).format(n=hit.count)
    if hit.why is Why.BURST:
        return _("{n} for the same reason within an hour").format(n=hit.count)
    if hit.why is Why.SPLIT:
        return _("{n} within a week come to {amount}, above the ceiling").format(
            n=hit.count, amount=money(hit.amount, currency)
        )
    if hit.why is Why.PAIR:
        return _("all {n} approvals by {who}").format(n=hit.count, who=desk.agent_name(hit.who))
    return _("by chance")


def verdict(name: str) -> str:
    """A verdict as people see it."""
    return {
        "fine": pgettext("verdict", "fine"),
        "talk": pgettext("verdict", "to talk about"),
        "wrong": pgettext("verdict", "wrong"),
    }.get(name, name)


def group_name(desk: Desk, by: str, key: str) -> str:
    """What a sum is of, as people see it; ``by`` as in :meth:`.Report.totals`."""
    if by == "agent":
        return desk.agent_name(key)
    if by == "reason":
        return naming.reason_name(desk, key)
    return naming.kind_name(desk, key) if by == "kind" else key or _("all")


def purse_name(purse: str) -> str:
    """What pays, as people see it."""
    return pgettext("purse", "attentions") if purse == Purse.ATTENTION else pgettext("purse", "goodwill")
