"""A reply as a mail message: parsed back by the standard library, it says what was meant and nothing else."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.email import Settings
from agentconsole.channels.email.compose import MAX_REFERENCES, bounded, compose, one_line
from agentconsole.channels.email.wrapping import flowed, quoted
from agentconsole.model.message import Address, Attachment, Outgoing

AT = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "user": "care@brand.example",
    "imap_host": "imap.brand.example",
    "smtp_host": "smtp.brand.example",
}


def reply(**given_: Any) -> Outgoing:
    return Outgoing(
        **{
            "key": "0192@brand.example",
            "number": 4711,
            "to": Address("camille@customer.example", "Camille Durand"),
            "subject": "Where is my order?",
            "text": "It left today.",
            "author": "Léa Martin",
            "at": AT,
            "references": ("a@customer.example", "b@customer.example"),
        }
        | given_
    )


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def made(*, how: dict[str, Any] | None = None, **given_: Any) -> EmailMessage:
    return parsed(compose(reply(**given_), Settings.model_validate(PLAIN | (how or {}))))


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def shown_name(raw: bytes, header: str) -> str:
    """The name beside an address, read by the rules of RFC 2047 (headerregistry puts blanks between its parts)."""
    found = str(email.message_from_bytes(raw)[header])
    if "<" not in found:
        return ""
    name = found[: found.rindex("<")].strip()
    if name.startswith('"'):
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return str(make_header(decode_header(name)))


def unflow(text: str) -> list[tuple[int, str]]:
    """A reader of RFC 3676 (4.1 to 4.4), written apart from the writer: (quote depth, paragraph)."""
    out: list[tuple[int, str]] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:]
        content = content.removeprefix(" ")
        if open_depth == depth and content != "-- ":
            out[-1] = (depth, out[-1][1] + content)
        else:
            out.append((depth, content))
        open_depth = depth if content.endswith(" ") and content != "-- " else None
    return out


def test_threads() -> None:
    message = made()
    assert message["Message-ID"] == "<0192@brand.example>"
    assert message["In-Reply-To"] == "<b@customer.example>"
    assert message["References"].split() == ["<a@customer.example>", "<b@customer.example>"]
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] is None
    assert message["Subject"].startswith("Re: Where is my order?")
    assert "4711" in message["Subject"]


def test_who_writes_to_whom() -> None:
    message = made(how={"addresses": ["help@brand.example", "x@brand.example"], "from_name": "{agent}, Fernlicht"})
    sender, recipient = message["From"].addresses[0], message["To"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Léa Martin, Fernlicht", "help@brand.example")
    assert (recipient.display_name, recipient.addr_spec) == ("Camille Durand", "camille@customer.example")


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Question", "Re: Question"),
        ("Re: Question", "Re: Question"),
        ("RE: re[2]: AW: Question", "Re: Question"),
        ("Réf: Question", "Re: Question"),
        ("Region: north", "Re: Region: north"),
        ("", "Re:"),
    ],
)
def test_re_is_there_once(subject: str, shown: str) -> None:
    assert made(subject=subject)["Subject"].startswith(shown)
    assert made(subject=subject)["Subject"].lower().count("re:") == 1


def test_a_new_conversation_is_no_reply() -> None:
    message = made(references=(), subject="Your parcel")
    assert message["Subject"].startswith("Your parcel")
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_ids_that_are_none_are_left_out() -> None:
    keys = (
        "a@x.example",
        "with blank@x",
        "<b@x>",
        "é@x.example",
        "abc@no-message-id.invalid",
        "x" * 1200 + "@x",
        "no-at-sign",
    )
    message = made(references=keys)
    assert message["References"].split() == ["<a@x.example>", "<no-at-sign>"]
    assert message["In-Reply-To"] == "<no-at-sign>"


def test_long_threads_keep_the_first_and_the_last() -> None:
    keys = [f"{number}.{'x' * 60}@customer.example" for number in range(500)]
    raw = compose(reply(references=tuple(keys)), Settings.model_validate(PLAIN))
    found = parsed(raw)["References"].split()
    assert found[0] == f"<{keys[0]}>"
    assert found[1:] == [f"<{key}>" for key in keys[-(len(found) - 1) :]]
    assert len(found) > 10
    assert max(map(len, raw.splitlines())) <= 998


@given(st.lists(st.from_regex(r"[a-z0-9.$-]{1,400}@[a-z]{1,20}", fullmatch=True), min_size=1, max_size=40))
@settings(deadline=None, max_examples=50)
def test_bounded_references(keys: list[str]) -> None:
    found = bounded(keys)
    assert found[-1] == keys[-1]
    assert len(found) == len(set(found))
    assert len(found) <= 2 or sum(len(key) + 3 for key in found) <= MAX_REFERENCES
    if len(set(keys)) > 1 and keys.count(keys[0]) == 1:
        assert found[0] == keys[0]


nasty = st.text(st.characters(), max_size=120) | st.sampled_from(
    [
        "x\r\nBcc: victim@x.example",
        "x\nBcc: v@x.example\n\nbody",
        "\u2028Bcc: v",
        "=?utf-8?q?Bcc=3A?=",
        'a "quoted" \\ name, with <signs>; (and) more',
        "\ud800 lone",
        "é" * 200,
        "x" * 2000,
        "a" * 70 + " é " + "b" * 70,
    ]
)


@given(subject=nasty, name=nasty, author=nasty, file=nasty, quoted_author=nasty)
@settings(deadline=None, max_examples=150)
def test_headers_cannot_be_injected_and_survive(
    subject: str, name: str, author: str, file: str, quoted_author: str
) -> None:
    raw = compose(
        reply(
            subject=subject,
            to=Address("c@customer.example", name),
            author=author,
            attachments=(Attachment(file, "image/png", b"png"),),
            quoted="before",
            quoted_author=quoted_author,
            quoted_at=AT,
        ),
        Settings.model_validate(PLAIN),
    )
    message = parsed(raw)
    assert sorted(set(map(str.lower, message.keys()))) == [
        "content-type", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "subject", "to",
    ]  # fmt: skip
    assert len(message.keys()) == 9
    assert [a.addr_spec for a in message["To"].addresses] == ["c@customer.example"]
    assert [a.addr_spec for a in message["From"].addresses] == ["care@brand.example"]
    assert shown_name(raw, "To") == one_line(name)[:200].rstrip()
    assert [part.get_content() for part in message.iter_attachments()] == [b"png"]
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert raw.isascii()


def test_a_subject_in_any_letters() -> None:
    for subject in (
        "Où est mon colis ? Ça fait 3 semaines que j'attends, c'est inadmissible et j'en ai assez",
        "注文はどこですか",
        "😡 !!!",
    ):
        assert subject in made(subject=subject)["Subject"]


# Text


def test_the_text_is_what_was_written() -> None:
    text = "Bonjour Camille,\n\nVotre colis est parti — il arrive demain.\n\n-- \nLéa\n"
    message = made(text=text)
    assert message.get_content_type() == "text/plain"
    assert message["Content-Type"].params["format"] == "flowed"
    assert body(message) == text
    assert "format" not in made(text=text, how={"format": "plain"})["Content-Type"].params


@given(
    st.text(
        st.sampled_from("ab >é-.\tF\n ") | st.characters(codec="utf-8", categories=("L", "N", "P", "S")),
        max_size=600,
    )
)
@settings(deadline=None, max_examples=100)
def test_a_flowed_text_is_read_back_as_it_was(text: str) -> None:
    wanted = [line if line == "-- " else line.rstrip(" ") for line in text.split("\n")]
    found = flowed(text)
    assert [paragraph for _depth, paragraph in unflow(found)] == wanted
    assert all(depth == 0 for depth, _paragraph in unflow(found))
    for line in found.split("\n"):
        assert len(line) <= 78 or " " not in line.strip(" ")[:70]
        assert not line.startswith("From ")


@given(st.lists(st.text(st.sampled_from("abcdefgh  "), max_size=300), max_size=6), st.integers(0, 4))
@settings(deadline=None)
def test_a_quotation_is_one_level_deeper(lines: list[str], depth: int) -> None:
    lines = [line.strip(" ") for line in lines] or [""]
    text = "\n".join(">" * depth + (" " + line if depth else line) for line in lines)
    assert unflow(quoted(text, flow=True)) == [(depth + 1, line) for line in lines]
    assert all(line.startswith(">" * (depth + 1)) for line in quoted(text, flow=False).split("\n"))


def test_long_lines_and_dots_arrive() -> None:
    text = "x" * 3000 + "\n.\n..\n" + "From the start\n" + "word " * 400 + "end"
    for how in ("flowed", "plain"):
        raw = compose(reply(text=text), Settings.model_validate(PLAIN | {"format": how}))
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        content = body(parsed(raw)).rstrip("\n")
        lines = [line for _depth, line in unflow(content)] if how == "flowed" else content.split("\n")
        assert lines == text.split("\n")


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "On .*2026.*, Camille Durand wrote:"), ("fr", "Le .* mars 2026 .*, Camille Durand a écrit\xa0:")],
)
def test_the_answered_message_is_quoted_where_wanted(language: str, line: str) -> None:
    what = {"quoted": "Hello,\nwhere is it?\n> older\n", "quoted_author": "Camille Durand", "quoted_at": AT}
    text = body(made(how={"quote_language": language}, **what))
    assert re.search(line + r"\n> Hello,\n> where is it\?\n>> older\n$", text)
    assert text.startswith("It left today.\n\n")
    assert body(made(how={"quote": False}, **what)) == "It left today.\n"
    assert body(made()) == "It left today.\n"


@pytest.mark.parametrize("how", ["flowed", "plain"])
def test_the_signature_stays_below_the_quotation(how: str) -> None:
    text = body(made(how={"format": how}, text="It left today.\n\n-- \nLéa\nFernlicht", quoted="Where is it?"))
    assert text == "It left today.\n\n> Where is it?\n\n-- \nLéa\nFernlicht\n"
    alone = body(made(how={"format": how}, text="It left today.\n\n-- \nLéa"))
    assert alone == "It left today.\n\n-- \nLéa\n"


# Attachments


def test_attachments_keep_name_type_and_bytes() -> None:
    message = made(
        attachments=(
            Attachment("Facture n° 12 – été.pdf", "application/pdf", b"%PDF\x00\xff"),
            Attachment("note.txt", "text/plain", "é\n.\nno newline".encode()),
            Attachment("../../etc/passwd", "not a type", b"x"),
            Attachment("mail.eml", "message/rfc822", b"Subject: x\r\n\r\ny\xe9"),
        )
    )
    parts = list(message.iter_attachments())
    assert [part.get_filename() for part in parts] == [
        "Facture n° 12 – été.pdf",
        "note.txt",
        ".._.._etc_passwd",
        "mail.eml",
    ]
    assert [part.get_payload(decode=True) for part in parts] == [
        b"%PDF\x00\xff", "é\n.\nno newline".encode(), b"x", b"Subject: x\r\n\r\ny\xe9",
    ]  # fmt: skip
    assert [part.get_content_type() for part in parts][::2] == ["application/pdf", "application/octet-stream"]
    assert all(part.get_content_disposition() == "attachment" for part in parts)
    assert body(message) == "It left today.\n"
