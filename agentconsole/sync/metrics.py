"""What a service tells Prometheus: what it did, how its channels and the outbox stand, whether it reaches the desk.

Labels are ids of channels, states and names of chores: never anything of a customer or an adviser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agentconsole import __version__
from agentconsole.sync.line import RETRYING
from agentconsole.sync.pulse import Look
from agentconsole.sync.service import Service
from agentconsole.sync.tally import Labels

_PREFIX = "agentconsole_"
_STATES = ("queued", "sending", "failed", "unknown")
_COUNTED = (
    ("messages", "New messages stored.", ["channel"]),
    ("pulls", "Pages pulled, by what came of it.", ["channel", "outcome"]),
    ("deliveries", "Tries to deliver a reply, by what came of them.", ["channel", "outcome"]),
    ("chores", "Turns of what is done now and then, by what came of them.", ["chore", "outcome"]),
    ("errors", "Faults of the program, and times that the desk could not be used.", ["kind"]),
)


def registry(service: Service) -> CollectorRegistry:
    """The figures of one service and of its process, in a registry of their own."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    made.register(_Figures(service))
    return made


class _Figures(Collector):
    """Reads them when they are asked for: the service's counts, and its pulse's latest look at the desk."""

    def __init__(self, service: Service) -> None:
        self._service, self._began = service, monotonic()

    def describe(self) -> Iterator[Metric]:
        """No names beforehand: it is alone in its registry."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All figures now."""
        info = GaugeMetricFamily(f"{_PREFIX}build_info", "The program; always 1.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        yield from self._counts()
        look = self._service.pulse.look()
        yield _gauge("desk_up", "Whether the desk was reached within the last 15 seconds.", float(look is not None))
        yield _gauge("stuck_workers", "Threads without a sign of life for ten minutes.", len(self._service.stuck()))
        if look is not None:
            yield _gauge("desk_look_seconds", "Seconds that the latest look at the desk took.", look.took)
            yield from self._channels(look)
            yield from self._outbox(look)

    def _counts(self) -> Iterator[Metric]:
        tally = self._service.tally
        for name, words, labels in _COUNTED:
            yield _counter(name, words, labels, tally.of(name))
            if seconds := tally.seconds_of(name):
                yield _counter(f"{name}_seconds", "Seconds that these took.", labels, seconds)

    def _channels(self, look: Look) -> Iterator[Metric]:
        lines = {line.id: line for line in self._service.lines}
        status = {one.channel: one for one in look.channels}
        here = _by_channel("channel_pulled_here", "Whether this service holds the channel's lease.")
        leased = _by_channel("channel_leased", "Whether any service holds the channel's lease.")
        trouble = _by_channel("channel_in_trouble", "Whether pulling fails, wherever it is done.")
        paused = _by_channel("channel_paused", "Whether a supervisor has paused the channel.")
        lag = _by_channel("channel_lag_seconds", "Seconds since the channel was last pulled, by any service.")
        for channel, line in lines.items():
            found = status.get(channel)
            held = bool(found and found.lease_until and found.lease_until > look.at)
            here.add_metric([channel], float(line.holds))
            leased.add_metric([channel], float(held))
            trouble.add_metric([channel], float(bool(found and found.doing == RETRYING)))
            paused.add_metric([channel], float(channel in look.paused))
            ago = [monotonic() - self._began]
            ago += [(look.at - found.pulled_at).total_seconds()] if found and found.pulled_at else []
            ago += [monotonic() - line.pulled_at] if line.pulled_at is not None else []
            lag.add_metric([channel], max(min(ago[1:] or ago), 0.0))
        yield from (here, leased, trouble, paused, lag)

    def _outbox(self, look: Look) -> Iterator[Metric]:
        replies = GaugeMetricFamily(
            f"{_PREFIX}outbox_replies", "Replies that are not known to be sent.", labels=["channel", "state"]
        )
        oldest = _by_channel("outbox_oldest_due_seconds", "Seconds that the first reply has waited that could go out.")
        known = {line.id for line in self._service.lines}
        depths = {(one.channel, one.state): one for one in look.depths}
        for channel in sorted(known | {channel for channel, _ in depths}):
            for state in _STATES:
                depth = depths.get((channel, state))
                replies.add_metric([channel, state], depth.replies if depth else 0)
            queued = depths.get((channel, "queued"))
            waited = (look.at - queued.due).total_seconds() if queued and queued.due else 0.0
            oldest.add_metric([channel], max(waited, 0.0))
        yield from (replies, oldest)


def _counter(name: str, words: str, labels: list[str], found: Mapping[Labels, float]) -> Metric:
    family = CounterMetricFamily(f"{_PREFIX}{name}", words, labels=labels)
    for values, count in found.items():
        family.add_metric(list(values), count)
    return family


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}{name}", words, value=value)


def _by_channel(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", words, labels=["channel"])
