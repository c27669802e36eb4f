"""What a service tells of itself: figures, health, and systemd."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agentconsole import sync
from agentconsole.cli.addresses import is_loopback, listening
from agentconsole.desk import dispatch, floor, replies
from agentconsole.desk.context import Desk
from agentconsole.errors import UsageError
from agentconsole.sync import Service
from agentconsole.sync import service as running
from agentconsole.sync.listening import Listening
from tests.conftest import SUPPORT
from tests.support.post_office import Office
from tests.sync.conftest import opened

ROOT = Path(__file__).parents[2]
HOSTILE = 'Camille" } 1\nagentconsole_desk_up 0\n# secret'


@pytest.fixture
def service(configure: Callable[..., Path], office: Office) -> Iterator[Service]:
    made = Service(opened(configure()))
    yield made
    made.stop()
    made.desk.store.close()


@pytest.fixture
def heard(service: Service) -> Iterator[Listening]:
    made = Listening(service, "127.0.0.1", 0)
    yield made
    made.close()


def _ask(heard: Listening, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", heard.port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def _figures(heard: Listening) -> dict[tuple[str, ...], float]:
    """By name and labels' values; the process's own left out."""
    found = {}
    for family in text_string_to_metric_families(_ask(heard, "/metrics")[1]):
        for sample in family.samples:
            if sample.name.startswith("agentconsole_"):
                found[sample.name.removeprefix("agentconsole_"), *sample.labels.values()] = sample.value
    return found


def test_figures_count_what_was_done_and_tell_how_the_desk_stands(
    service: Service, heard: Listening, office: Office
) -> None:
    desk: Desk = service.desk
    office.writes("hello")
    service.once()
    for text in ("one", "two"):
        replies.reply(desk, 1, text)
    office.refusal = (400, "no such mailbox")
    claimed = dispatch.claim(desk, "mail", "somebody")
    service.pulse.beat()
    assert claimed
    seen = _figures(heard)
    assert seen["messages_total", "mail"] == 1
    assert seen["pulls_total", "mail", "done"] >= 1
    assert seen["pulls_seconds_total", "mail", "done"] > 0
    assert (seen["desk_up",], seen["stuck_workers",]) == (1, 0)
    assert (seen["outbox_replies", "mail", "sending"], seen["outbox_replies", "mail", "queued"]) == (1, 1)
    assert (seen["channel_pulled_here", "mail"], seen["channel_leased", "mail"]) == (1, 1)
    assert 0 <= seen["channel_lag_seconds", "mail"] < 60
    dispatch.record(desk, claimed[0], dispatch.Outcome.SENT, "")
    service.once()
    service.pulse.beat()
    after = _figures(heard)
    assert after["deliveries_total", "mail", "failed"] == 1
    assert (after["outbox_replies", "mail", "failed"], after["outbox_replies", "mail", "queued"]) == (1, 0)


def test_a_channel_in_trouble_lags(service: Service, heard: Listening, office: Office) -> None:
    service.once()
    office.close()
    service.once()
    service.pulse.beat()
    seen = _figures(heard)
    assert (seen["channel_in_trouble", "mail"], seen["channel_leased", "mail"]) == (1, 1)


def test_no_word_of_a_customer_or_an_adviser_is_told(service: Service, heard: Listening, office: Office) -> None:
    office.writes(HOSTILE, who=f"{HOSTILE}@customer.example", subject=HOSTILE)
    service.once()
    replies.reply(service.desk, 1, "words of an adviser")
    office.refusal = (400, f"{HOSTILE} is no mailbox")
    service.once()
    service.pulse.beat()
    told = "".join(_ask(heard, path)[1] for path in ("/metrics", "/readyz", "/healthz"))
    for word in ("Camille", "secret", "customer.example", "adviser", "Léa", "no mailbox"):
        assert word not in told
    assert _figures(heard)["desk_up",] == 1


def test_health_says_who_is_silent_and_readiness_whether_the_desk_was_reached(
    service: Service, heard: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _ask(heard, "/readyz")[0] == 503
    assert _figures(heard)["desk_up",] == 0
    service.pulse.beat()
    assert _ask(heard, "/readyz") == (200, '{"good": true, "desk": true, "channels": {}}\n')
    assert _ask(heard, "/healthz")[0] == 200
    service.tally.beat("pull-mail")
    monkeypatch.setattr(running, "STUCK", -1.0)
    status, told = _ask(heard, "/healthz")
    assert (status, json.loads(told)) == (503, {"good": False, "stuck": ["pull-mail"]})
    service.tally.forget("pull-mail")
    assert _ask(heard, "/healthz")[0] == 200


def test_other_questions(heard: Listening) -> None:
    assert _ask(heard, "/")[0] == 404
    assert _ask(heard, "/metrics", "HEAD") == (200, "")
    assert _ask(heard, "/metrics", "POST")[0] == 501
    assert _ask(heard, "/healthz?x=1")[0] == 200


def test_addresses() -> None:
    assert listening("9108") == ("127.0.0.1", 9108)
    assert listening("0.0.0.0:80") == ("0.0.0.0", 80)
    assert listening("[::1]:9108") == ("::1", 9108)
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "desk.example.org")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    for wrong in ("", "host", ":9108", "127.0.0.1:http", "1:70000", "1:-1"):
        with pytest.raises(UsageError):
            listening(wrong)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_port_that_is_taken_is_told(service: Service, heard: Listening) -> None:
    with pytest.raises(UsageError, match=rf"Nobody can listen at 127\.0\.0\.1:{heard.port}"):
        Listening(service, "127.0.0.1", heard.port)


def test_every_figure_is_documented(service: Service, heard: Listening, office: Office) -> None:
    office.writes("hello")
    service.once()
    replies.reply(service.desk, 1, "answer")
    service.once()
    service.tally.add("errors", "fault")
    service.pulse.beat()
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8").partition("<!-- metrics")[2]
    told = {
        name: tuple(label.strip() for label in labels.split(",") if label.strip())
        for name, labels in re.findall(r"^\| `agentconsole_(\w+)` \|([\w, ]*)\|", page, re.MULTILINE)
    }
    made: dict[str, tuple[str, ...]] = {}
    for family in text_string_to_metric_families(_ask(heard, "/metrics")[1]):
        for sample in family.samples:
            if sample.name.startswith("agentconsole_"):
                made[sample.name.removeprefix("agentconsole_")] = tuple(sample.labels)
    assert made == told
    used = re.findall(r"agentconsole_\w+", (ROOT / "docs" / "deploy" / "agentconsole-rules.yml").read_text("utf-8"))
    assert used
    assert {name.removeprefix("agentconsole_") for name in used} <= set(told)


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_systemd_is_told_and_a_signal_ends_it_in_order(
    configure: Callable[..., Path], office: Office, tmp_path: Path
) -> None:
    office.writes("hello")
    config = configure()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.bind(str(tmp_path / "notify"))
        door.settimeout(30)
        child = subprocess.Popen(
            [sys.executable, "-m", "agentconsole", "--config", str(config), "sync", "--listen", "0"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(SUPPORT),
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "WATCHDOG_USEC": "900000",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            first = door.recv(4096).decode().split("\n")
            assert first[0] == "READY=1"
            told = ""
            while "1 of 1 channels pulled here" not in told:
                told = door.recv(4096).decode()
            assert "WATCHDOG=1" in told
        finally:
            child.terminate()
            said = child.communicate(timeout=30)[1]
        last = told
        while "STOPPING=1" not in last:
            last = door.recv(4096).decode()
    assert child.returncode == 0
    assert "Traceback" not in said
    assert "listening at http://127.0.0.1:" in said
    desk = opened(config)
    (status,) = floor.channels(desk)
    assert (status.doing, status.lease_by) == (sync.STOPPED, None)
    desk.store.close()


def test_nobody_who_wants_to_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from agentconsole.sync.notifying import notify, watchdog_seconds

    for place in ("", "relative", str(tmp_path / "nobody"), "@agentconsole-nobody"):
        monkeypatch.setenv("NOTIFY_SOCKET", place)
        assert not notify(READY="1")
    monkeypatch.setenv("WATCHDOG_USEC", "90000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_seconds() is None
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert watchdog_seconds() == 90
    monkeypatch.delenv("WATCHDOG_USEC")
    assert watchdog_seconds() is None
