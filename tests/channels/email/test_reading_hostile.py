"""No bytes make reading fail or hang: arbitrary ones, mutated messages, and what is built to cost the most."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.email import limits
from agentconsole.channels.email.reading import Reading, read
from agentconsole.model.filenames import MAX_NAME, safe_name

HEAD = b"From: a@b.example\nSubject: =?utf-8?q?x=C3=A9?=\nContent-Type: "
SEEDS = [
    HEAD + b'multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n\n'
    b'<p>a<a href="http://x.example">b</a>\n'
    + b"--b\nContent-Transfer-Encoding: base64\nContent-Type: image/png; name*=utf-8''%C3%A9.png\n\n"
    b"iVBORw0KGgo=\n--b--\n",
    HEAD
    + b"text/plain; charset=iso-2022-jp; format=flowed\n\n\x1b$B$3$s\x1b(B \n> quoted\n-- \nsig\n"
    + b"begin 644 x\n#0V%T\n`\nend\n",
    HEAD
    + b"multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nx\n"
    + b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n\n"
    + b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <a@b>\n\nx\n--b--",
]
SIZE = 300_000
PATIENCE = 20.0
"""Seconds for one message on a busy machine; each takes far below one."""


def whole(reading: Reading) -> None:
    """What is read can be stored: UTF-8 without NUL, safe names, all different."""
    texts = [
        reading.text,
        reading.quoted,
        reading.signature,
        reading.subject,
        reading.bounce_reason,
        *reading.warnings,
    ]
    texts += [*reading.references, *(one.name for one in reading.attachments), reading.message_id or ""]
    for address in (reading.from_, reading.reply_to, *reading.to, *reading.cc):
        texts += [address.value, address.name] if address else []
    for text in texts:
        assert "\0" not in text
        text.encode()
    names = [one.name.casefold() for one in reading.attachments]
    assert len(set(names)) == len(names)
    assert not any("/" in name or "\\" in name or not name for name in names)
    assert len(reading.references) <= limits.MAX_REFERENCES


@settings(deadline=None, max_examples=120)
@given(st.binary(max_size=600))
def test_arbitrary_bytes(raw: bytes):
    whole(read(raw))


@settings(deadline=None, max_examples=120)
@given(st.binary(max_size=400))
def test_arbitrary_bodies(body: bytes):
    reading = read(b"From: a@b.example\n\n" + body)
    whole(reading)
    assert not reading.unreadable


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 12), st.binary(max_size=6)), max_size=6),
)
def test_mutated_messages(seed: bytes, changes: list[tuple[int, int, bytes]]):
    raw = seed
    for at, length, new in changes:
        start = at % (len(raw) + 1)
        raw = raw[:start] + new + raw[start + length :]
    whole(read(raw))


@settings(deadline=None, max_examples=100)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff>"),
        min_size=1,
        max_size=200,
    ),
    st.sampled_from(["utf-8", "utf-16", "utf-7", "gb18030"]),
)
def test_generated_text_comes_back(text: str, charset: str):
    raw = b"From: a@b.example\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=" + charset.encode()
    reading = read(raw + b"\n\n" + base64.encodebytes(f"Start {text} end.".encode(charset)))
    assert f"{reading.text}{reading.quoted}{reading.signature}" == f"Start {text} end."


@settings(deadline=None, max_examples=120)
@given(st.text(max_size=300), st.sampled_from(["image/png", "text/plain", "x/y", ""]))
def test_names_are_safe(given: str, media_type: str):
    name = safe_name(given.encode("utf-8", "replace").decode(), media_type)
    assert 0 < len(name.encode()) <= MAX_NAME
    assert name.isprintable()
    assert not set(name) & set('/\\<>:"|?*')
    assert name not in (".", "..")
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert safe_name(name, media_type) == name


def repeated(piece: bytes, size: int = SIZE) -> bytes:
    return piece * (size // len(piece))


PLAIN, HTML = b"From: a@b.c\nContent-Type: text/plain\n\n", b"From: a@b.c\nContent-Type: text/html\n\n"
MIXED = b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b0\n\n"
NESTED = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(4_000))
COSTLY = {
    "deep elements": HTML + repeated(b"<div>") + b"needle",
    "deep quotes": HTML + repeated(b"<blockquote type=cite>") + b"needle",
    "deep lists": HTML + repeated(b"<ul><li>x") + b"needle",
    "open links": HTML + repeated(b"<a href='http://x'>y") + b"needle",
    "open attributes": HTML + repeated(b'<a "<"') + b"needle",
    "open comments": HTML + repeated(b"<!--") + b"needle",
    "open scripts": HTML + repeated(b"<script>") + b"needle",
    "hidden": HTML + repeated(b"<p style='display:none'>a") + b"needle",
    "a long number": HTML + b"&#" + b"9" * SIZE + b" needle",
    "signatures": HTML + repeated(b"<span class=gmail_signature>x") + b"needle",
    "header lines": PLAIN + repeated(b"To: a\n") + b"needle",
    "introductions": PLAIN + repeated(b"On 1, 2\na\nb wrote\n") + b"needle",
    "quotes": PLAIN + repeated(b"> a\nb\n") + b"needle",
    "blanks": PLAIN + b"x" + b" \n" * (SIZE // 2) + b"needle",
    "dashes": PLAIN + b"-" * SIZE + b"needle",
    "uuencoded": PLAIN + repeated(b"begin 644 x\n") + b"needle",
    "folds": b"From: a@b\nX-A: b\n" + repeated(b" a\n") + b"\nneedle",
    "encoded words": b"From: a@b\nSubject: " + repeated(b"=?a?q?x", 90_000) + b"?=\n\nneedle",
    "references": b"From: a@b\nReferences: <" + repeated(b" a") + b"\n\nneedle",
    "recipients": b"From: a@b\nTo: " + repeated(b"<:;(\"a@b, ") + b"\n\nneedle",
    "parameters": b"From: a@b\nContent-Type: text/plain" + repeated(b"; a*1*=b") + b"\n\nneedle",
    "deep parts": MIXED + NESTED + b"\nneedle",
    "many parts": MIXED + repeated(b"--b0\n\nx\n") + b"--b0\n\nneedle",
    "one name": MIXED + repeated(b"--b0\nContent-Type: image/png; name=a.png\n\nx\n") + b"--b0\n\nneedle",
    "near boundaries": MIXED + repeated(b"--b0x\n") + b"--b0\n\nneedle",
    "padding": b"From: a@b\nContent-Transfer-Encoding: base64\n\n" + repeated(b"AA==") + b"bmVlZGxl",
    "recipients of a report": b"From: mailer-daemon@x\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
    b"--b\n\nneedle\n--b\nContent-Type: message/delivery-status\n\n" + repeated(b"Action: failed\n\n") + b"--b--",
    "codes": b"From: mailer-daemon@x\nSubject: undeliverable\n\n" + repeated(b"your message to 4") + b" needle",
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_the_costliest_messages_are_read_in_time(name: str):
    started = time.monotonic()
    reading = read(COSTLY[name])
    assert time.monotonic() - started < PATIENCE
    whole(reading)
    assert not reading.unreadable
    kept = f"{reading.text}{reading.quoted}{reading.signature}".encode() + b"".join(
        one.data for one in reading.attachments
    )
    assert b"needle" in kept


def test_a_text_beyond_the_limit_is_whole_in_an_attachment():
    body = b"word " * (limits.MAX_TEXT // 5 + 100)
    reading = read(PLAIN + body)
    assert reading.warnings
    assert reading.attachments[0].data == body
    assert len(reading.text) <= limits.MAX_TEXT
