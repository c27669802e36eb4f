"""Channels fill the desk, the outbox empties it: pull page → decide → commit; claim → deliver → record.

Each channel has a thread that pulls and one that delivers (:mod:`.line`); one hands gestures over to the shop, one
keeps house, one renews leases (:mod:`.service`). Many may run the service at once: a channel is pulled by whoever holds
its lease, a reply is delivered, and a gesture handed over, by whoever claimed it. What a service did and how the desk
stands is told to Prometheus and to whoever supervises the process by :mod:`.metrics`, :mod:`.listening` and
:mod:`.notifying`.
"""

from agentconsole.sync.line import ELSEWHERE, PAUSED, PULLING, RETRYING, STOPPED, WATCHING
from agentconsole.sync.service import Service, open_configured

__all__ = [
    "ELSEWHERE",
    "PAUSED",
    "PULLING",
    "RETRYING",
    "STOPPED",
    "WATCHING",
    "Service",
    "open_configured",
]
