"""From a real mailbox to a sent reply: the program in a terminal, between real mail servers."""

from __future__ import annotations

import email
import email.policy
import json
import os
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.servers.dovecot import PASSWORD
from tests.story.conftest import Brand

pytestmark = [pytest.mark.servers, pytest.mark.pty]

QUESTION = b"""From: Camille Durand <camille@customer.example>\r
To: care@brand.example\r
Subject: Ma box ne redemarre plus\r
Message-ID: <question-1@customer.example>\r
Date: Mon, 02 Mar 2026 09:00:00 +0100\r
Content-Type: text/plain; charset=utf-8\r
\r
Bonjour, ma box reste rouge depuis ce matin.\r
"""


def until(holds: Callable[[], bool], complaint: str, seconds: float = 30) -> None:
    """Wait for something outside the terminal."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)  # another process's doing: there is nothing to wait on but its outcome


def line_mode(brand: Brand, *arguments: str) -> str:
    environment = {**os.environ, "AGENTCONSOLE_SECRET_MAIL": PASSWORD}
    done = subprocess.run(
        [*brand.command, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    return done.stdout


def test_a_mail_is_answered_from_the_composer_and_arrives_in_the_same_thread(brand: Brand) -> None:
    with brand.console() as console:
        console.until("agentconsole")
        brand.dovecot.deliver(QUESTION)
        console.until("Ma box ne redemarre plus")
        console.types("\r")
        console.until("reste rouge depuis ce matin")
        console.types("r")
        console.until("Reply")
        console.types("Bonjour Camille, un technicien passe demain.")
        console.until("un technicien passe demain")
        console.types("\x13")  # ctrl+s
        until(lambda: len(brand.delivered()) == 1, "the reply did not arrive")
        until(lambda: len(brand.dovecot.messages("Sent")) == 1, "no copy in Sent")
    reply = email.message_from_bytes(brand.delivered()[0], policy=email.policy.default)
    assert reply["In-Reply-To"] == "<question-1@customer.example>"
    assert "<question-1@customer.example>" in reply["References"]
    assert "Ma box ne redemarre plus" in reply["Subject"]
    assert "un technicien passe demain" in reply.get_content()


def test_neither_a_dead_server_nor_a_killed_console_loses_or_doubles_a_reply(brand: Brand) -> None:
    with brand.console() as console:
        brand.dovecot.deliver(QUESTION)
        console.until("Ma box ne redemarre plus")
        console.types("\r")
        console.until("reste rouge")
        brand.smtp.misbehave("body", drop=True)  # dies in mid-reply, after the point of no return
        console.types("r")
        console.until("Reply")
        console.types("Bonjour, voici la reponse.")
        console.until("voici la reponse")
        console.types("\x13")
        until(lambda: "body" in brand.smtp.commands, "nothing was sent")
        console.kill()
    brand.smtp.behave()

    def settled() -> bool:
        line_mode(brand, "sync", "--once")
        states = [json.loads(line)["state"] for line in line_mode(brand, "outbox", "--json").splitlines()]
        return states in (["unknown"], [])

    until(settled, "the reply is neither sent nor asked about")
    asked = [json.loads(line) for line in line_mode(brand, "outbox", "--json").splitlines()]
    assert len(asked) + len(brand.delivered()) == 1, "a reply is either delivered, or a person is asked"
    for entry in asked:
        assert "voici la reponse" in entry["text"]
        line_mode(brand, "outbox", "--again", entry["key"])
        line_mode(brand, "sync", "--once")
    assert len(brand.delivered()) == 1


def test_words_typed_before_a_kill_are_in_the_composer_afterwards(brand: Brand) -> None:
    brand.dovecot.deliver(QUESTION)
    with brand.console() as console:
        console.until("Ma box ne redemarre plus")
        console.types("\r")
        console.until("reste rouge")
        console.types("r")
        console.until("Reply")
        console.types("Une longue reponse, presque finie")
        console.until("presque finie")
        until(lambda: "presque finie" in line_mode(brand, "show", "1", "--json"), "the draft is not on the desk")
        console.kill()
    with brand.console() as console:
        console.until("Ma box ne redemarre plus")
        console.types("\r")
        console.until("reste rouge")
        console.types("r")
        console.until("presque finie")
