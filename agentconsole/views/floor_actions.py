"""The actions of the dashboard and of the list behind a number, as :mod:`.actions` takes them into its registry."""

from __future__ import annotations

from agentconsole.i18n import N_, _
from agentconsole.views.situation import Place, Situation
from agentconsole.views.why_not import WhyNot, always

_MAIN, _D, _B = Place.MAIN, Place.DASHBOARD, Place.BEHIND
_BOTH, _NOWHERE = _D | _B, Place(0)


def _supervisor(s: Situation) -> str:
    return "" if s.supervises else _("Only a supervisor looks at the figures of everybody.")


SEVERAL = "several"
"""As the state of an incident: the cursor is on none, and more than one goes on."""


def _incident(other: str, *states: str) -> WhyNot:
    """Of an act on an incident in one of these states; ``other``: what is said of one in another."""

    def why(s: Situation) -> str:
        if not s.incident:
            return _("No incident goes on.")
        if s.incident == SEVERAL:
            return _("Several incidents go on: go to the line of one, at the top of the dashboard.")
        return "" if s.incident in states else _(other)

    return why


_GOES_ON = _incident("", "raised", "confirmed")
_RAISED = _incident(N_("That incident is known already."), "raised")
_CONFIRMED = _incident(N_("That incident is not known yet: confirm or dismiss it."), "confirmed")

FLOOR: tuple[tuple[str, str, str, str, Place, Place, WhyNot], ...] = (
    ("dashboard", "Q", N_("the floor"),
     N_("Show the floor live: what waits and is late, who is here, and what is behind every number"),
     _MAIN, _NOWHERE, _supervisor),
    ("notices", "I", N_("messages"), N_("Read banners and messages of supervisors; they are marked as read"),
     _MAIN, _NOWHERE, always),
    ("message_floor", "m", N_("message"), N_("Send a message to an adviser, or to everybody"), _BOTH, _BOTH, always),
    ("banner", "b", N_("banner"), N_("Show a line on all consoles, until you end it or for some time"),
     _BOTH, _D, always),
    ("banner_end", "B", N_("end a banner"), N_("Take a banner off all consoles"), _D, _NOWHERE, always),
    ("pause_channel", "p", N_("pause, go on"),
     N_("Pause a channel: nothing is pulled nor delivered; or go on with it"), _BOTH, _D, always),
    ("hand_over", "a", N_("hand over"), N_("Give all that an adviser has open to somebody else"), _D, _D, always),
    ("hours_today", "o", N_("hours today"), N_("Set today's opening hours: clocks follow"), _BOTH, _D, always),
    ("incident_known", "c", N_("incident known"),
     N_("Confirm the incident: a banner for everybody, and macros pinned to its conversations; again to change them"),
     _BOTH, _BOTH, _GOES_ON),
    ("incident_no", "x alt+x", N_("no incident"), N_("Dismiss the incident: these have nothing to do with one another"),
     _BOTH, _BOTH, _RAISED),
    ("incident_end", "e", N_("incident over"), N_("End the incident: its banner and its macros go"), _BOTH, _BOTH,
     _CONFIRMED),
    ("trend", "y", N_("the year"), N_("Show the days of the year: arrived, handled, in time"), _D, _D, always),
    ("panel_next", "tab", N_("next panel"), N_("To the next panel"), _D, _NOWHERE, always),
    ("panel_previous", "shift+tab", N_("previous panel"), N_("To the previous panel"), _D, _NOWHERE, always),
    ("left", "h left", N_("left"), N_("To the number on the left"), _D, _NOWHERE, always),
    ("right", "l right", N_("right"), N_("To the number on the right"), _D, _NOWHERE, always),
)  # fmt: skip
"""Id, keys, label, tip, places, hint and why not: the first fields of an action."""

MOVES = frozenset(("panel_next", "panel_previous", "left", "right"))
"""Those that only move: the list of actions leaves them out."""

INCIDENT = ("incident_known", "incident_no", "incident_end")
"""What is done to an incident."""
BARE = {"incident_no": _D}
"""Where a key without ctrl or alt works too: in the list behind a number ``x`` marks."""
