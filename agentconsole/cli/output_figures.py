"""What line mode prints of figures: JSON with stable names, and plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agentconsole import i18n
from agentconsole.cli.output import iso
from agentconsole.config.amounts import units
from agentconsole.desk import wording, wording_people
from agentconsole.desk.behind import scope_name
from agentconsole.desk.context import Desk
from agentconsole.desk.spreads import percent
from agentconsole.i18n import _, clock_time, duration, money, ngettext
from agentconsole.model.floor import (
    AgentLoad,
    Compared,
    Day,
    Floor,
    Forecast,
    Incident,
    Load,
    Quarter,
    Spend,
    Spread,
)

NONE = "-"


def floor_fields(floor: Floor) -> dict[str, Any]:
    """All of a floor, as ``dashboard --json`` has it. docs/line-mode.md documents every name."""
    return {
        "at": iso(floor.at),
        "views": [load_fields("view", load) for load in floor.views],
        "channels": [load_fields("channel", load) | {"paused": load.paused or None} for load in floor.channels],
        "first_response": _compared_fields(floor.first_response),
        "resolution": _compared_fields(floor.resolution),
        "quarters": [_quarter_fields(quarter) for quarter in floor.quarters],
        "before": [_quarter_fields(quarter) for quarter in floor.before],
        "forecast": _forecast_fields(floor.forecast),
        "agents": [_agent_fields(agent) for agent in floor.agents],
        "spend": [_spend_fields(spend) for spend in floor.spend],
        "approvals": floor.approvals,
        "incidents": [incident_fields(incident) for incident in floor.incidents],
    }


def load_fields(kind: str, load: Load) -> dict[str, Any]:
    """A view's or a channel's load."""
    figures = {"open": load.open, "late": load.late, "asleep": load.asleep, "due": load.due}
    return {kind: load.id, **figures, "oldest": iso(load.oldest)}


def spread_fields(spread: Spread) -> dict[str, Any]:
    """How long something took, seconds; ``within`` is a share."""
    return {
        "count": spread.count,
        "median": spread.median,
        "p90": spread.p90,
        "promised": spread.promised,
        "kept": spread.kept,
        "within": None if spread.within is None else round(spread.within, 4),
    }


def _compared_fields(compared: Compared) -> dict[str, Any]:
    return {"today": spread_fields(compared.today), "before": spread_fields(compared.before)}


def _quarter_fields(quarter: Quarter) -> dict[str, Any]:
    return {"begins": iso(quarter.begins), "arrived": quarter.arrived, "handled": quarter.handled}


def _forecast_fields(forecast: Forecast) -> dict[str, Any]:
    return {
        "open": forecast.open,
        "arriving": round(forecast.arriving, 2),
        "handling": round(forecast.handling, 2),
        "closing": iso(forecast.closing),
        "at_closing": forecast.at_closing,
    }


def _agent_fields(agent: AgentLoad) -> dict[str, Any]:
    return {
        "agent": agent.id,
        "state": agent.state,
        "since": iso(agent.since),
        "id": agent.number,
        "doing": agent.doing or None,
        "open": agent.open,
        "capacity": agent.capacity,
        "waiting": agent.waiting,
        "late": agent.late,
        "asleep": agent.asleep,
        "handled": agent.handled,
        "reopened": agent.reopened,
        "first_response": spread_fields(agent.first_response),
    }


def _spend_fields(spend: Spend) -> dict[str, Any]:
    return {
        "currency": spend.currency,
        "today": units(spend.today, spend.currency),
        "month": units(spend.month, spend.currency),
        "budget": None if spend.budget is None else units(spend.budget, spend.currency),
    }


def incident_fields(incident: Incident) -> dict[str, Any]:
    """A burst of similar conversations."""
    return {
        "incident": str(incident.id),
        "begins": iso(incident.begins),
        "raised_at": iso(incident.raised_at),
        "words": list(incident.words),
        "count": incident.count,
        "usual": round(incident.usual, 2),
        "channels": list(incident.channels),
        "state": incident.state,
        "macro": incident.macro,
        "banner": incident.banner,
        "actor": incident.actor,
    }


def day_fields(day: Day) -> dict[str, Any]:
    """A day of ``report --json``."""
    return {"day": day.day.isoformat(), "scope": day.scope} | totals_fields(day)


def totals_fields(day: Day) -> dict[str, Any]:
    """What a day, or several together, come to."""
    return {
        "arrived": day.arrived,
        "handled": day.handled,
        "resolved": day.resolved,
        "reopened": day.reopened,
        "messages_in": day.messages_in,
        "messages_out": day.messages_out,
        "waiting_at_end": day.waiting_at_end,
        "first_response": spread_fields(day.first_response),
        "resolution": spread_fields(day.resolution),
    }


# Words


def load_cells(desk: Desk, kind: str, load: Load, now: datetime) -> list[str]:
    """A view's or a channel's load, as people read it."""
    since = NONE if load.oldest is None else duration((now - load.oldest).total_seconds())
    figures = [i18n.number(load.open), i18n.number(load.late), asleep(load.asleep), i18n.number(load.due), since]
    return [scope_name(desk, f"{kind}:{load.id}"), *figures, load.paused]


def asleep(count: int) -> str:
    """What is late besides, though it sleeps: ``+2``; a dash for nothing."""
    return f"+{i18n.number(count)}" if count else NONE


def length(seconds: int | None) -> str:
    """``<1m``, ``12m``, ``3h``; a dash where there is none."""
    return NONE if seconds is None else duration(seconds)


def within(spread: Spread) -> str:
    """The share within the SLA in whole percent; a dash where nothing was promised."""
    return NONE if spread.within is None else _("{n} %").format(n=percent(spread.kept, spread.promised))


def spread_cells(spread: Spread) -> list[str]:
    """Count, median, 90th percentile, share within the SLA."""
    return [i18n.number(spread.count), length(spread.median), length(spread.p90), within(spread)]


def forecast_words(desk: Desk, forecast: Forecast) -> str:
    """``114 at 20:00 (19 an hour come, 5 go)``; why there is none, where there is none."""
    rates = _("{come} an hour come, {go} go").format(
        come=i18n.number(round(forecast.arriving, 1)), go=i18n.number(round(forecast.handling, 1))
    )
    if forecast.closing is None:
        return f"{_('the desk is closed')} ({rates})"
    closing = clock_time(forecast.closing, desk.config.zone)
    if forecast.at_closing is None:
        return _("too early to tell; closing at {time}").format(time=closing)
    return f"{_('{n} at {time}').format(n=i18n.number(forecast.at_closing), time=closing)} ({rates})"


def agent_cells(desk: Desk, agent: AgentLoad) -> list[str]:
    """An adviser's line."""
    return [
        desk.agent_name(agent.id),
        wording_people.state(agent.state),
        f"{agent.open}/{agent.capacity}" if agent.capacity else str(agent.open),
        str(agent.waiting),
        str(agent.late),
        asleep(agent.asleep),
        str(agent.handled),
        str(agent.reopened),
        length(agent.first_response.median),
        wording_people.doing(agent),
    ]


def spend_words(spend: Spend) -> str:
    """``75.00 € today, 388.49 € of 5,300.00 € this month``."""
    today, month = money(spend.today, spend.currency), money(spend.month, spend.currency)
    if spend.budget is None:
        return _("{today} today, {month} this month").format(today=today, month=month)
    budget = money(spend.budget, spend.currency)
    return _("{today} today, {month} of {budget} this month").format(today=today, month=month, budget=budget)


def incident_words(desk: Desk, incident: Incident) -> str:
    """``router, outage: 14 conversations since 09:12, 1.5 usual (mail, X)``."""
    many = ngettext("{n} conversation", "{n} conversations", incident.count).format(n=i18n.number(incident.count))
    channels = ", ".join(scope_name(desk, f"channel:{channel}") for channel in incident.channels)
    said = _("{many} since {time}, {usual} usual").format(
        many=many, time=wording.at(incident.begins, desk), usual=i18n.number(round(incident.usual, 1))
    )
    return _("{words}: {said} ({channels})").format(words=", ".join(incident.words), said=said, channels=channels)


def hours_of(quarters: Sequence[Quarter]) -> list[Quarter]:
    """Quarters of an hour summed to hours, for few lines."""
    found: dict[datetime, Quarter] = {}
    for quarter in quarters:
        begins = quarter.begins.replace(minute=0)
        before = found.get(begins, Quarter(begins, 0, 0))
        found[begins] = Quarter(begins, before.arrived + quarter.arrived, before.handled + quarter.handled)
    return list(found.values())
