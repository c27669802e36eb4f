"""The copy of a reply in the folder for sent mail: filed once, found again, never a reason to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.channels.email.mails import Wire, mail, reply
from tests.servers.dovecot import free_ports
from tests.servers.smtp import Smtp

pytestmark = pytest.mark.servers
Place = Any
OpenSmtp = Callable[..., Smtp]


def test_a_copy_that_cannot_be_filed_is_a_remark_only(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    receipt = place.open(smtp_port=smtp.port, imap_port=free_ports(1)[0]).deliver(reply(), Wire())
    assert "No copy was filed" in receipt.remark
    assert "refused the connection" in receipt.remark
    assert len(smtp.taken) == 1
    elsewhere = place.open(smtp_port=smtp.port, sent_folder="Nowhere").deliver(reply(), Wire())
    assert "no folder Nowhere" in elsewhere.remark


def test_a_copy_that_the_service_filed_is_not_filed_again(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    place.append(b"Message-ID: <0192-reply@brand.example>\r\n\r\nby the service\r\n", "Sent")
    assert place.open(smtp_port=smtp.port).deliver(reply(), Wire()).remark == ""
    place.open(smtp_port=smtp.port, copy_to_sent=False).deliver(reply(key="other@brand.example"), Wire())
    assert len(place.messages("Sent")) == 1
    assert len(smtp.taken) == 2


def test_find_says_yes_or_does_not_know(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    channel = place.open(smtp_port=smtp.port)
    assert channel.find(reply().key) is None
    channel.deliver(reply(), Wire())
    assert channel.find(reply().key) is True
    assert channel.find("192-reply@brand.example") is None
    assert place.open(sent_folder="INBOX").find(reply().key) is None


def test_our_copy_comes_back_as_ours_and_threaded(place: Place, start_smtp: OpenSmtp) -> None:
    smtp = start_smtp(user=place.user)
    channel = place.open(smtp_port=smtp.port)
    channel.deliver(reply(), Wire())
    (found,) = channel.pull(None, 100).messages
    assert found.external_id == reply().key
    assert found.direction == "out"
    assert found.references[0] == "first@customer.example"


def test_the_answer_is_in_the_customers_thread(place: Place, start_smtp: OpenSmtp) -> None:
    customer = f"customer-of-{place.user}"
    question = mail(1, Subject="Où est mon colis ?", From=customer)
    place.server.append(question, seen=True, user=customer)
    place.server.append(mail(2, Subject="Something else"), user=customer)
    place.deliver(question)
    smtp = start_smtp(user=place.user, lmtp_port=place.server.lmtp_port)
    channel = place.open(smtp_port=smtp.port)
    (asked,) = channel.pull(None, 100).messages
    answer = reply(to=asked.author, subject=asked.subject, references=(asked.external_id,))
    channel.deliver(answer, Wire())
    with place.server.client(customer) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.thread("REFERENCES") == ((1, 3), (2,))
