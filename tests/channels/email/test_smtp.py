"""Delivering over a real SMTP server that misbehaves at every stage: what is said, and what went out."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentconsole.errors import Ambiguous, ChannelError, LoginRefused, NotSent, Rejected
from agentconsole.model.message import Address
from tests.channels.email.mails import Wire, reply
from tests.servers.dovecot import free_ports
from tests.servers.smtp import Smtp, silent_port
from tests.servers.tls import Certificates, make_certificates

pytestmark = pytest.mark.servers
Place = Any
OpenSmtp = Callable[..., Smtp]


def test_a_reply_arrives_and_is_filed(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    place.smtp_port = smtp.port
    wire = Wire()
    receipt = place.open().deliver(reply(), wire)
    assert receipt.external_id == "0192-reply@brand.example"
    assert receipt.remark == ""
    assert wire.calls == 1
    assert [(m.sender, m.recipients) for m in smtp.taken] == [(place.user, ("camille@customer.example",))]
    message = email.message_from_bytes(smtp.taken[0].raw, policy=email.policy.default)
    assert message["Message-ID"] == "<0192-reply@brand.example>"
    assert message["In-Reply-To"] == "<first@customer.example>"
    assert message.get_content().splitlines()[:3] == ["It left today.", ".", "..two dots"]
    filed = place.messages("Sent")
    assert [stored.raw for stored in filed] == [smtp.taken[0].raw]
    assert r"\Seen" in filed[0].flags


STAGES: list[tuple[str, dict[str, Any], type[ChannelError], bool, int]] = [
    ("ehlo", {"answer": "421 4.3.2 Closing down"}, NotSent, False, 0),
    ("ehlo", {"drop": True}, NotSent, False, 0),
    ("auth", {"answer": "454 4.7.0 Try later"}, NotSent, False, 0),
    ("auth", {"answer": "535 5.7.8 No such login"}, LoginRefused, False, 0),
    ("auth", {"drop": True}, NotSent, False, 0),
    ("mail", {"answer": "451 4.3.0 Try later"}, NotSent, False, 0),
    ("mail", {"answer": "553 5.1.8 Sender unknown"}, Rejected, False, 0),
    ("mail", {"answer": "530 5.7.0 Authentication required"}, LoginRefused, False, 0),
    ("rcpt", {"answer": "450 4.2.1 Greylisted"}, NotSent, False, 0),
    ("rcpt", {"answer": "550 5.1.1 No such user"}, Rejected, False, 0),
    ("rcpt", {"drop": True}, NotSent, False, 0),
    ("data", {"answer": "451 4.3.0 Try later"}, NotSent, False, 0),
    ("data", {"answer": "554 5.7.1 Looks like spam"}, Rejected, False, 0),
    ("data", {"drop": True}, NotSent, False, 0),
    ("body", {"drop": True}, Ambiguous, True, 0),
    ("end", {"drop": True, "keep": True}, Ambiguous, True, 1),
    ("end", {"drop": True, "keep": False}, Ambiguous, True, 0),
    ("end", {"answer": "452 4.3.1 Disk full"}, NotSent, True, 0),
    ("end", {"answer": "554 5.7.1 Looks like spam"}, Rejected, True, 0),
    ("end", {"answer": "354 What?"}, Ambiguous, True, 0),
    ("end", {"answer": "Thanks for all the fish"}, Ambiguous, True, 0),
]


@pytest.mark.parametrize(
    ("stage", "how", "kind", "wired", "taken"),
    STAGES,
    ids=[f"{s[0]}-{'-'.join(map(str, s[1].values()))}" for s in STAGES],
)
def test_each_failure_is_told_as_what_it_is(
    place: Place,
    start_smtp: OpenSmtp,
    stage: Any,
    how: dict[str, Any],
    kind: type[ChannelError],
    wired: bool,
    taken: int,
) -> None:
    smtp = start_smtp(user=place.user)
    smtp.misbehave(stage, **how)
    wire = Wire()
    channel = place.open(smtp_port=smtp.port)
    with pytest.raises(ChannelError) as caught:
        channel.deliver(reply(), wire)
    assert type(caught.value) is kind
    assert wire.calls == int(wired)
    assert len(smtp.taken) == taken
    if "answer" in how and kind is not Ambiguous:
        assert how["answer"] in caught.value.what
    assert caught.value.do
    assert place.messages("Sent") == []
    smtp.behave()
    if kind is NotSent:
        assert channel.deliver(reply(), Wire()).external_id == reply().key
        assert len(smtp.taken) == 1


def test_the_refused_address_is_named(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    smtp.misbehave("rcpt", "550 5.1.1 No such user")
    with pytest.raises(Rejected, match=r"camille@customer\.example: 550 5\.1\.1 No such user"):
        place.open(smtp_port=smtp.port).deliver(reply(), Wire())


def test_where_another_console_took_over_nothing_is_sent(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    with pytest.raises(NotSent, match="taken this reply over"):
        place.open(smtp_port=smtp.port).deliver(reply(), Wire(go=False))
    assert smtp.taken == []


def test_an_answer_that_does_not_come_in_time_is_no_answer(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    smtp.misbehave("end", delay=30)
    wire = Wire()
    with pytest.raises(Ambiguous):
        place.open(smtp_port=smtp.port, timeout=1).deliver(reply(), wire)
    assert wire.calls == 1


def test_nobody_listens_or_answers(place: Place) -> None:
    wire = Wire()
    with pytest.raises(NotSent, match="refused the connection"):
        place.open(smtp_port=free_ports(1)[0]).deliver(reply(), wire)
    with silent_port() as sock, pytest.raises(NotSent, match="did not answer within 1 s"):
        place.open(smtp_port=sock.getsockname()[1], timeout=1).deliver(reply(), wire)
    with pytest.raises(NotSent, match=r"smtp\.brand\.invalid was not found"):
        place.open(smtp_host="smtp.brand.invalid", smtp_security="tls").deliver(reply(), wire)
    assert wire.calls == 0


def test_a_server_killed_in_mid_reply_and_started_again(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    channel = place.open(smtp_port=smtp.port)

    def kill() -> bool:
        smtp.stop()
        return True

    with pytest.raises(Ambiguous):
        channel.deliver(reply(), kill)
    with pytest.raises(NotSent):
        channel.deliver(reply(), Wire())
    smtp.start()
    channel.deliver(reply(), Wire())
    assert len(smtp.taken) == 1


# Encryption and login


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_verified(
    place: Place, start_smtp: OpenSmtp, certificates: Certificates, security: str, tmp_path: Path
) -> None:
    smtp = start_smtp(user=place.user, security=security, certificates=certificates)
    how = {"smtp_security": security, "smtp_port": smtp.port}
    place.open(ca_file=str(certificates.ca_file), copy_to_sent=False, **how).deliver(reply(), Wire())
    assert len(smtp.taken) == 1
    wire = Wire()
    with pytest.raises(NotSent, match=r"certificate of 127\.0\.0\.1.* cannot be trusted") as caught:
        place.open(**how).deliver(reply(), wire)
    assert "ca_file" in caught.value.do
    assert (wire.calls, len(smtp.taken)) == (0, 1)


def test_a_server_without_starttls_gets_no_password(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    with pytest.raises(NotSent, match="does not offer STARTTLS"):
        place.open(smtp_security="starttls", smtp_port=smtp.port).deliver(reply(), Wire())
    assert "auth" not in smtp.commands


def test_a_wrong_password(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    with pytest.raises(LoginRefused, match=f"refused the login of {place.user}: 535") as caught:
        place.open(smtp_port=smtp.port, secret="wrong-password").deliver(reply(), Wire())
    assert "wrong-password" not in str(caught.value)


def test_names_and_passwords_beyond_ascii(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user="équipe", password="pässwörd")
    place.open(smtp_port=smtp.port, smtp_user="équipe", secret="pässwörd", copy_to_sent=False).deliver(reply(), Wire())
    assert len(smtp.taken) == 1


def test_a_server_that_wants_no_login(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(login=False)
    place.open(smtp_port=smtp.port, smtp_user="").deliver(reply(), Wire())
    assert len(smtp.taken) == 1
    assert "auth" not in smtp.commands


def test_a_password_of_its_own_for_sending(place: Place, start_smtp: OpenSmtp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCONSOLE_SECRET_MAIL_SENDING", "for-sending")
    smtp = start_smtp(user="relay", password="for-sending")
    receipt = place.open(smtp_port=smtp.port, smtp_user="relay", smtp_secret="mail-sending").deliver(reply(), Wire())
    assert receipt.remark == ""
    assert len(smtp.taken) == len(place.messages("Sent")) == 1


# What kinds of addresses and sizes


def test_international_addresses(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    channel = place.open(smtp_port=smtp.port)
    channel.deliver(reply(to=Address("jo@bücher.example", "Jo")), Wire())
    assert smtp.taken[0].recipients == ("jo@xn--bcher-kva.example",)
    assert "SMTPUTF8" not in smtp.taken[0].options
    channel.deliver(reply(key="2@b.example", to=Address("jörg@bücher.example", "Jörg")), Wire())
    assert smtp.taken[1].recipients == ("jörg@xn--bcher-kva.example",)
    assert "SMTPUTF8" in smtp.taken[1].options
    assert "jörg@".encode() in smtp.taken[1].raw


def test_an_international_address_that_the_server_cannot_take(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user, utf8=False)
    with pytest.raises(Rejected, match="letters beyond ASCII"):
        place.open(smtp_port=smtp.port).deliver(reply(to=Address("jörg@customer.example")), Wire())
    assert "rcpt" not in smtp.commands


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a(b)@c.example",
        "a@c.example\r\nRCPT TO:<x@y.example>",
        "a@..é",
    ],
)
def test_what_is_no_address_is_refused_before_anything(place: Place, start_smtp: OpenSmtp, address: str) -> None:
    smtp = start_smtp(user=place.user)
    with pytest.raises(Rejected, match="no address that mail can be sent to"):
        place.open(smtp_port=smtp.port).deliver(reply(to=Address(address)), Wire())
    assert smtp.commands == []


def test_a_reply_too_large_for_the_server_is_refused_before_it_is_sent(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user, size=10_000)
    wire = Wire()
    with pytest.raises(Rejected, match=r"0\.0 MB at most"):
        place.open(smtp_port=smtp.port).deliver(reply(text="long " * 10_000), wire)
    assert wire.calls == 0
