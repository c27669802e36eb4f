"""A floor with a supervisor, for tests of what only they do; what happens there, and what its figures must be."""

from __future__ import annotations

from datetime import UTC, datetime

from agentconsole.config import Config, State, View, parse
from agentconsole.desk import figures, floor_views, triage
from agentconsole.desk.context import Desk
from agentconsole.model.floor import Compared, Floor, Load, Which
from agentconsole.model.message import Address
from tests.conftest import CONFIG
from tests.incoming import arrives, message

OPENING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""08:00 in Paris, on the day of the tests."""
WITH_SUPERVISOR = CONFIG.replace(
    "agents = [",
    'agents = [\n  { id = "sam", name = "Sam Ortiz", role = "supervisor", teams = ["mail"] },\n'
    '  { id = "old", name = "Olga Dahl", disabled = true },',
)
VIEWS = """
[[views]]
id = "open"
name = "All open"

[[views]]
id = "handled"
name = "What is not over"
states = ["open", "pending", "snoozed"]

[[views]]
id = "tom"
name = "Tom's"
states = ["open", "snoozed"]
assignee = "tom"

[[views]]
id = "outage"
name = "Of one word, also what is resolved"
states = []
search = "panne"
"""
"""Views that hold more than what is open; one that asks another table."""
BUSINESS = WITH_SUPERVISOR.replace('time = "calendar"', 'time = "business"')
"""The same, where promises count in opening hours: 08:00 to 20:00, Sundays closed."""

_HEADER = View(id="header", name={"en": "-"}, states=(State.OPEN,))
"""What the header of every page counts."""


def floor_config(text: str = WITH_SUPERVISOR) -> Config:
    """A configuration with Sam as supervisor, and Olga who does not work here any more."""
    from agentconsole.channels.base import settings_model

    return parse(text, "agentconsole.toml", settings_model)


def write(desk: Desk, *names: str, channel: str = "mail", **changes: object) -> None:
    """Customers write, each a conversation of their own, now."""
    incoming = [
        message(author=Address(f"{name}@x.example"), external_id=f"{name}-{desk.now()}", **{"at": desk.now()} | changes)
        for name in names
    ]
    arrives(desk, *incoming, channel=channel)


def again(desk: Desk, name: str, first: datetime) -> None:
    """A customer who wrote at ``first`` writes again, in the same conversation."""
    known = message(
        author=Address(f"{name}@x.example"), external_id=f"{name}-again-{desk.now()}",
        references=(f"{name}-{first}",), at=desk.now(),
    )  # fmt: skip
    arrives(desk, known)


def load(floor: Floor, name: str) -> Load:
    """A view's or channel's."""
    return next(one for one in (*floor.views, *floor.channels) if one.id == name)


def check(desk: Desk, floor: Floor) -> None:
    """Every number of the floor is the length of the list behind it, and what the page of an adviser says."""
    _as_the_page_says(desk, floor)
    for kind, loads in (("view", floor.views), ("channel", floor.channels)):
        for one in loads:
            for figure in ("open", "late", "asleep", "due"):
                found = figures.behind(desk, Which(figure, f"{kind}:{one.id}"))
                assert (figure, one.id, found.total, len(found.rows)) == (figure, one.id, *[getattr(one, figure)] * 2)
            oldest = figures.behind(desk, Which("oldest", f"{kind}:{one.id}")).rows
            assert (oldest[0].waiting_since if oldest else None) == one.oldest
    for agent in floor.agents:
        scope = f"agent:{agent.id}"
        for figure, number in (
            ("open", agent.open), ("agent_waiting", agent.waiting), ("late", agent.late),
            ("asleep", agent.asleep),
            ("reopened", agent.reopened), ("first_response", agent.first_response.count),
        ):  # fmt: skip
            assert (agent.id, figure, figures.behind(desk, Which(figure, scope)).total) == (agent.id, figure, number)
    for figure in ("first_response", "resolution"):
        compared: Compared = getattr(floor, figure)
        for suffix, spread in (("", compared.today), ("_before", compared.before)):
            found = figures.behind(desk, Which(f"{figure}{suffix}"))
            assert found.total == spread.count
            took = [found.took[row.number] for row in found.rows]
            assert [seconds for seconds, _late in took] == sorted((seconds for seconds, _late in took), reverse=True)
            assert spread.median == (took[len(took) // 2][0] if took else None)
            assert [late for _seconds, late in took].count(False) == spread.kept
            late = figures.behind(desk, Which(f"{figure}_late{suffix}")).total
            assert late == spread.promised - spread.kept


def _as_the_page_says(desk: Desk, floor: Floor) -> None:
    """The channels together are what the page's header counts, and what is behind the figure of all of them; views are
    what the list of views counts, which does not tell what sleeps apart."""
    header = triage.counts(desk, [_HEADER])[_HEADER.id]
    for figure, number in (("open", header.total), ("late", header.late)):
        assert (figure, sum(getattr(one, figure) for one in floor.channels)) == (figure, number)
        assert figures.behind(desk, Which(figure)).total == number
    assert floor.forecast.open == header.total
    for figure in ("asleep", "due"):
        assert figures.behind(desk, Which(figure)).total == sum(getattr(one, figure) for one in floor.channels)
    counts = triage.counts(desk, floor_views.shown(desk))
    for one in floor.views:
        assert (one.id, one.late + one.asleep) == (one.id, counts[one.id].late)
        assert one.late + one.due <= one.open <= counts[one.id].total
