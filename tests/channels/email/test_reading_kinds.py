"""Automatic replies, bounces and lists are told from what people write; bounces name the message and why."""

import pytest

from agentconsole.channels.email.reading import Reading, read
from agentconsole.model.message import MessageKind


def message(
    *fields: str, body: str = "Hello", sender: str = "Ann <ann@example.org>", subject: str = "Parcel"
) -> Reading:
    head = [f"From: {sender}", f"Subject: {subject}", "Message-ID: <one@example.org>", *fields]
    return read(("\n".join(head) + "\n\n" + body).encode())


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "Auto-Submitted: Auto-Replied; owner-email=x",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Return-Path: <>",
    ],
)
def test_headers_that_machines_set(field: str):
    reading = message(field)
    assert reading.kind is MessageKind.AUTO_REPLY
    assert reading.auto_submitted


@pytest.mark.parametrize(
    "subject", ["Out of office: Ann", "=?utf-8?q?R=C3=A9ponse_automatique_=3A_colis?=", "自动回复: 您好"]
)
def test_a_subject_counts_only_with_a_header(subject: str):
    assert message(subject=subject).kind is MessageKind.MESSAGE
    assert message("Precedence: bulk", subject=subject).kind is MessageKind.AUTO_REPLY


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Return-Path: <ann@example.org>",
        "List-Unsubscribe: <https://shop.example/u>",
        "X-Auto-Response-Suppress: DR",
        "X-Autoreply: no",
        "Precedence: normal",
    ],
)
def test_what_people_write_is_a_message(field: str):
    assert message(field).kind is MessageKind.MESSAGE


@pytest.mark.parametrize(
    "field",
    [
        "List-Id: Friends <friends.example.org>",
        "List-Post: <mailto:friends@example.org>",
        "Precedence: list",
        "Precedence: bulk",
    ],
)
def test_lists(field: str):
    assert message(field).kind is MessageKind.LIST


def test_a_list_has_its_id():
    reading = message("List-Id: Friends <Friends.Example.org>", "List-Post: <mailto:Friends@example.org>")
    assert (reading.list_id, reading.list_post) == ("friends.example.org", "friends@example.org")


def report(status: str, returned: str = "", kind: str = "delivery-status", third: str = "message/rfc822") -> Reading:
    body = f"--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/{kind}\n\n{status}\n"
    if returned:
        body += f"--b\nContent-Type: {third}\n\n{returned}\n"
    return message(
        f"Content-Type: multipart/report; report-type={kind}; boundary=b",
        body=body + "--b--\n",
        sender="MAILER-DAEMON@mx.example",
    )


FAILED = (
    "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 No such\n mailbox here\n"
)


@pytest.mark.parametrize("third", ["message/rfc822", "text/rfc822-headers"])
def test_a_standard_bounce(third: str):
    reading = report(
        FAILED,
        "From: support@shop.example\nMessage-ID: <ours@shop.example>\nSubject: Re: x\n\nText",
        third=third,
    )
    assert reading.kind is MessageKind.BOUNCE
    assert reading.bounce_of == "ours@shop.example"
    assert reading.bounce_reason == "gone@example.org: 550 5.1.1 No such mailbox here"
    assert reading.references[0] == "ours@shop.example"
    assert reading.text == "Sorry."


def test_a_delay_marks_nothing_as_failed():
    late = FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1")
    reading = report(late, "From: a@b.example\nMessage-ID: <ours@shop.example>\n\nText")
    assert reading.kind is MessageKind.BOUNCE
    assert reading.bounce_of is None
    assert reading.references == ("ours@shop.example",)
    assert reading.bounce_reason


def test_a_report_of_delivery_or_reading_is_automatic():
    arrived = report(
        FAILED.replace("failed", "delivered").replace("5.1.1", "2.0.0"),
        "From: a@b.example\nMessage-ID: <o@s>\n\n",
    )
    assert arrived.kind is MessageKind.AUTO_REPLY
    assert arrived.references == ("o@s",)
    assert report("Disposition: manual-action/MDN-sent-manually; displayed", kind="disposition-notification").kind is (
        MessageKind.AUTO_REPLY
    )


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
            "<gone@example.org>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\n"
            "Return-Path: <support@shop.example>\nMessage-ID: <ours@shop.example>\nSubject: Re: Parcel\n",
        ),
        (
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\n"
            "  gone@example.org\n    550 no such user\n\n"
            "------ This is a copy of the message, including all the headers. ------\n\n"
            "Message-ID: <ours@shop.example>\n",
        ),
        (
            "Undeliverable: Parcel",
            "Your message did not reach some or all of the intended recipients.\n\n"
            "gone@example.org\n#550 5.1.1 no such user ##\n\n"
            "Original message headers:\n\nMessage-ID: <ours@shop.example>\n",
        ),
        (
            "Unzustellbar: Paket",
            "Die Nachricht wurde nicht zugestellt: 550 5.1.1 no such user\n\n"
            "----- Original message -----\n\nMessage-ID: <ours@shop.example>\n",
        ),
    ],
    ids=["qmail", "exim", "exchange", "german"],
)
@pytest.mark.parametrize("by", ["sender", "return path"])
def test_older_bounces(subject: str, body: str, by: str):
    sender, field = (
        ("Mail Delivery System <mailer-daemon@mx.example>", "X-A: b")
        if by == "sender"
        else ("x@y.example", "Return-Path: <>")
    )
    reading = message(field, body=body, sender=sender, subject=subject)
    assert reading.kind is MessageKind.BOUNCE
    assert reading.bounce_of == "ours@shop.example"
    assert "no such user" in reading.bounce_reason


def test_a_person_may_speak_of_bounces():
    reading = message(body="My mail came back: undeliverable, 550 5.1.1 no such user", subject="Undeliverable mail?")
    assert reading.kind is MessageKind.MESSAGE
    assert reading.bounce_of is None
