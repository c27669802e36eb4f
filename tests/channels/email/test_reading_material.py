"""Every message of the real-world material is read, in time, and none of its text is lost."""

import email
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentconsole.channels.email.lines import as_lines
from agentconsole.channels.email.quotes import split
from agentconsole.channels.email.reading import Reading, read
from agentconsole.model.message import MessageKind

pytestmark = pytest.mark.material
PATIENCE = 20.0
"""Seconds for one message on a busy machine; the slowest takes a fifth of one."""
WORD = re.compile(r"[A-Za-z]{3,}")
COMMON = "Fusce bibendum, quam hendrerit sagittis tempor"


@pytest.fixture(scope="module")
def mails(material: Path) -> Path:
    return material / "mail"


def test_every_file_is_read(mails: Path):
    count = 0
    for path in sorted(mails.rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        started = time.monotonic()
        reading = read(raw)
        assert time.monotonic() - started < PATIENCE, path
        assert not reading.unreadable or b"\0" in raw or not raw.strip() or not raw.isascii(), path
        for text in (reading.text, reading.quoted, reading.signature, reading.subject):
            assert "\0" not in text
            text.encode()
        count += 1
    assert count > 1_000


def words(reading: Reading) -> set[str]:
    found = set(WORD.findall(f"{reading.text} {reading.quoted} {reading.signature}"))
    for one in reading.attachments:
        found |= set(WORD.findall(one.data.decode("latin-1")))
        if one.media_type.startswith("message/"):
            for part in email.message_from_bytes(one.data).walk():
                data = part.get_payload(decode=True)
                found |= set(WORD.findall(data.decode("latin-1"))) if isinstance(data, bytes) else set()
    return found


DIFFERENT = {
    "quoted-printable.eml": "HTML that calls itself plain",
    "multi-2gifs-base64.msg": "the library leaves base64 undecoded",
    "bad-newlines-multiple-parts-base64.msg": "the library leaves base64 undecoded",
    "base64encoded-rfc822message.msg": "the library leaves base64 undecoded",
    "base64encoded-rfc822message-nested.msg": "the library leaves base64 undecoded",
    "008.eml": "the library leaves base64 undecoded",
    "sig-uu.msg": "uuencoded files become attachments",
    "uu-junk.msg": "uuencoded files become attachments",
    "uu-zeegee.msg": "uuencoded files become attachments",
    "049.eml": "uuencoded files become attachments",
    "obsolete.msg": "header fields with a blank before the colon",
    "raw_email_incorrect_header.eml": "header fields after a broken line",
    "example13.eml": "header fields with a blank before the colon",
    "weird-boundary.msg": "the epilogue is no part",
    "001.eml": "UTF-7",
    "005.eml": "UTF-7",
    "034.eml": "ISO-2022",
    "019.eml": "random bytes of a fuzzer",
}
"""Files that the standard library, against which we compare, reads otherwise, and why that is."""


def plain_words(raw: bytes) -> Iterator[set[str]]:
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            data = part.get_payload(decode=True)
            if isinstance(data, bytes):
                yield set(WORD.findall(data.decode("latin-1")))


def test_no_word_of_a_plain_body_is_lost(mails: Path):
    paths = [*mails.rglob("*.eml"), *mails.rglob("*.msg"), *(mails / "cpython").rglob("msg_*.txt")]
    for path in sorted(paths):
        if path.name in DIFFERENT:
            continue
        raw = path.read_bytes()
        kept = words(read(raw))
        for expected in plain_words(raw):
            assert expected <= kept, path


def test_parts_as_another_parser_sees_them(mails: Path):
    """Stalwart's own expectations: at least nine in ten messages have the same text and as many attachments."""
    same = count = 0
    for path in sorted((mails / "stalwart-mail-parser").rglob("eml/*/*.eml")):
        if not (beside := path.with_suffix(".json")).exists():
            continue
        expected = json.loads(beside.read_text())
        reading = read(path.read_bytes())
        bodies = [expected["parts"][number]["body"] for number in expected["text_body"]]
        text = " ".join(str(body.get("Text", "")) for body in bodies)
        count += 1
        same += set(WORD.findall(text)) <= words(reading) and len(reading.attachments) >= len(
            [one for one in expected["attachments"] if "Text" not in expected["parts"][one]["body"]]
        )
    assert count > 100
    assert same >= count * 0.9


def test_replies_in_many_languages(mails: Path):
    """Fixtures whose reply is the same five lines, whatever was quoted below them."""
    folder = mails / "crisp-email-reply-parser/test/fixtures"
    paths = [path for path in folder.glob("*.txt") if path.read_text().startswith(COMMON)]
    right = []
    for path in paths:
        found = split(as_lines(path.read_text()))
        reply = path.read_text()[: path.read_text().index("nec nec nibh.") + 13]
        right.append(found.text == reply)
    assert len(paths) > 40
    assert sum(right) >= len(paths) - 3  # three have an unmarked text below, which is rather kept


@pytest.mark.parametrize(
    "name",
    [
        "gmail",
        "hotmail",
        "mail_ru",
        "ms_outlook_2003",
        "ms_outlook_2007",
        "ms_outlook_2010",
        "thunderbird",
        "windows_mail",
        "yandex_ru",
    ],
)
def test_html_replies_of_mail_programs(mails: Path, name: str):
    html = (mails / f"talon/tests/fixtures/html_replies/{name}.html").read_bytes()
    reading = read(b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n" + html)
    assert reading.text.split() == ["Hi.", "I", "am", "fine.", "Thanks,", "Alex"]


def test_bounces_of_many_servers(mails: Path):
    found = {}
    for path in [
        *(mails / "flanker/tests/fixtures/messages/bounce").glob("*.eml"),
        *(mails / "mikel-mail/spec/fixtures/emails/multipart_report_emails").glob("*.eml"),
    ]:
        reading = read(path.read_bytes())
        found[path.name] = reading.bounce_of
        assert reading.kind is MessageKind.BOUNCE, path
        assert reading.bounce_reason, path
    assert found["zed.eml"] == "20090708054735.GC7578@example.com"
    assert found["gmail-invalid-address.eml"] == "CAKsfaBUUGqVZiaMrmH3TRPfq1odQPtM7Ey5YW1SgyJJRHtAjgw@mail.gmail.com"
    assert found["office365.eml"] == "20171013111011.20866.254C2F3A4D7AA526@ninomail.com"
    assert found["no-mx.eml"] is None  # only late
