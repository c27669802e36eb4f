"""Why an action cannot run now, a sentence; empty where it can. Each is one for :class:`.actions.Action`."""

from __future__ import annotations

from collections.abc import Callable

from agentconsole.config import State
from agentconsole.desk import served
from agentconsole.i18n import _
from agentconsole.views.situation import Place, Situation

WhyNot = Callable[[Situation], str]
"""Of where one is, the sentence."""


def always(_situation: Situation) -> str:
    """It can."""
    return ""


def no_row(s: Situation) -> str:
    """No conversation is chosen."""
    return "" if s.row else _("No conversation is chosen.")


def opening(s: Situation) -> str:
    """There is nothing to open where one is."""
    if s.place is Place.CARD:
        return "" if s.others else _("No other conversation is chosen.")
    if s.place in Place.OVER:
        chosen = s.figure or s.row or s.unsent or s.gift or s.request or s.person or s.looked
        return "" if chosen else _("No conversation is chosen.")
    return no_row(s)


def customer(s: Situation) -> str:
    """No customer is chosen."""
    return "" if s.customer else _("No customer is chosen.")


def reply(s: Situation) -> str:
    """No conversation is chosen, or it cannot be answered."""
    return no_row(s) or s.no_reply


def policy(s: Situation) -> str:
    """The policy has no gestures."""
    return "" if s.gestures else _("The policy has no gestures: agentconsole.toml has no delegations.")


def gesture(s: Situation) -> str:
    """No gesture can be made here."""
    if s.busy:
        return writing(s)
    if s.marked:
        return _("A gesture is for one conversation: take the marks away first.")
    return no_row(s) or policy(s)


def macro(s: Situation) -> str:
    """There are no words or conversation for a macro."""
    return writing(s) if s.busy else reply(s)


def already(state: State, said: str) -> WhyNot:
    """It is in that state already: ``said``."""
    return lambda s: no_row(s) or (_(said) if s.stands(state) and not s.marked else "")


def mine(s: Situation) -> str:
    """It is mine already."""
    if s.row and s.row.assignee == s.me and s.row.escalated_to is None and not s.marked:
        return _("It is yours already.")
    return no_row(s)


def thread(s: Situation) -> str:
    """No conversation is open."""
    return "" if s.opened else _("No conversation is open.")


def some(name: str, said: str) -> WhyNot:
    """The open conversation lacks what that field tells of: ``said``."""
    return lambda s: thread(s) or ("" if getattr(s, name) else _(said))


def writing(s: Situation) -> str:
    """Nothing is being written."""
    if s.busy:
        return _("It is being sent.")
    return "" if s.writing else _("Nothing is being written.")


def replying(s: Situation) -> str:
    """No reply is being written."""
    return writing(s) or (_("A note changes no state.") if s.writing != "reply" else "")


def gift(deed: str) -> WhyNot:
    """That cannot be done with the chosen gesture."""

    def why(s: Situation) -> str:
        if not s.gift:
            return _("No gesture is chosen.")
        return "" if deed in s.gift else _("That cannot be done with this gesture.")

    return why


def request(whose: str) -> WhyNot:
    """The chosen request is not mine to decide on ("decide"), or not mine ("mine")."""

    def why(s: Situation) -> str:
        if not s.request:
            return _("No request is chosen.")
        if s.request == whose:
            return ""
        return _("It is not yours to decide that.") if whose == "decide" else _("It is not yours, or has ended.")

    return why


def own_files(why: WhyNot) -> WhyNot:
    """Of what reads or writes a file of this machine: not from a browser."""
    return lambda s: why(s) or served.why_not()


def control(s: Situation) -> str:
    """Gestures are not looked at here."""
    return policy(s) or ("" if s.supervises else _("Only a supervisor looks at everybody's gestures."))


def looked(s: Situation) -> str:
    """No gesture is chosen to look at."""
    return "" if s.looked else _("No gesture is chosen.")


def unsent(*states: str) -> WhyNot:
    """The chosen reply is in none of these states."""

    def why(s: Situation) -> str:
        if not s.unsent:
            return _("No reply is chosen in the outbox.")
        return "" if s.unsent in states else _("That reply is not failed, nor is its fate unknown.")

    return why
