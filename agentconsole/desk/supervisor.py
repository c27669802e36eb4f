"""What only supervisors do: to the floor rather than to one conversation."""

from __future__ import annotations

from agentconsole.desk.context import Desk
from agentconsole.desk.ledger import supervises
from agentconsole.errors import NotFound, UsageError
from agentconsole.i18n import _

__all__ = ["must_supervise", "must_work_here", "supervises"]


def must_supervise(desk: Desk) -> None:
    """Let nobody go on but a supervisor; everybody is one at a desk whose configuration names none.

    On PostgreSQL the login's rights hold besides: docs/access.md.

    :raises UsageError: whoever is at the keyboard is none.
    """
    if not supervises(desk):
        raise UsageError(_("Only supervisors can do that."), _("Ask a supervisor."))


def must_work_here(desk: Desk, agent: str) -> None:
    """:raises NotFound: there is no such agent, or they do not work here any more."""
    agents = sorted(a.id for a in desk.config.agents if not a.disabled)
    if agent not in agents:
        raise NotFound(
            _("There is no agent {name!r}.").format(name=agent),
            _("Use one of: {names}.").format(names=", ".join(agents) or "-"),
        )
