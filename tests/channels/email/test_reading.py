"""A message as the desk gets it: headers, text, attachments, threads."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from agentconsole.channels.email.reading import (
    LATE,
    Reading,
    incoming,
    raw_id,
    read,
    subject_with_token,
    token,
)
from agentconsole.model.message import Address, Direction, MessageKind

NOW = datetime(2024, 1, 15, 14, 0, tzinfo=UTC)
OWN = frozenset({"support@shop.example"})


def mail(body: str | bytes = "Hello", **headers: str) -> bytes:
    """A message of the given headers; underscores stand for hyphens."""
    fields = {"From": "Ann Customer <Ann@Example.org>", "Message_ID": "<one@example.org>"} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items() if value)
    data = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode() + b"\r\n" + data


def parts(*given: str, kind: str = "mixed", **headers: str) -> bytes:
    body = "".join(f"--frontier\n{one}\n" for one in given) + "--frontier--\n"
    return mail(body, Content_Type=f'multipart/{kind}; boundary="frontier"', **headers)


def test_headers_become_what_the_desk_needs():
    reading = read(
        mail(
            To="Support <support@shop.example>, bob@example.org (Bob)",
            Cc="Friends: carol@example.org;",
            Subject="=?utf-8?q?O=C3=B9_est_mon_colis_=3F?= [#1234]",
            Date="Mon, 15 Jan 2024 10:30:00 +0100",
            In_Reply_To="<c@shop>",
            References="<a@shop> <b@shop>\r\n <c@shop>",
        )
    )
    assert reading.message_id == "one@example.org"
    assert reading.from_ == Address("ann@example.org", "Ann Customer")
    assert [one.value for one in reading.to] == ["support@shop.example", "bob@example.org"]
    assert reading.to[1].name == "Bob"
    assert reading.cc == (Address("carol@example.org"),)
    assert reading.subject == "Où est mon colis ? [#1234]"
    assert reading.token == 1234
    assert reading.date == datetime(2024, 1, 15, 9, 30, tzinfo=UTC)
    assert reading.references == ("c@shop", "b@shop", "a@shop")
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("=?utf-8?b?w4k=?= =?utf-8?b?dMOp?= <a@b.example>", "Été"),
        ('"=?utf-8?q?=C3=89t=C3=A9?=" <a@b.example>', "Été"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=89t=C3=A9?= <a@b.example>", "Été"),
        ("=?iso-8859-1?q?Doe=2C_J=F6rg?= <a@b.example>", "Doe, Jörg"),
        ("=?no-such-charset?q?plain?= <a@b.example>", "plain"),
        ("=?utf-8?b?dGV4dA?= <a@b.example>", "text"),
        ("Jean Dupont a@b.example", "Jean Dupont"),
        ("'Jean' <a@b.example", "Jean"),
        ("a@b.example (Jean)", "Jean"),
    ],
)
def test_names_that_mail_programs_broke(field: str, expected: str):
    assert read(mail(From=field)).from_ == Address("a@b.example", expected)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15", "windows-1252", "utf-7", "macintosh", "cp850"])
def test_text_in_its_charset(charset: str):
    text = "Très déçue : où est ma commande ?"
    raw = mail(text.encode(charset), Content_Type=f"text/plain; charset={charset}")
    assert read(raw).text == text
    assert read(raw).warnings == ()


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        ("Très déçue : où est-elle ?", "utf-8", "iso-8859-1"),
        ("Un café", "cp1252", "utf-8"),
        ("Très déçue : où est-elle ?", "cp1252", "utf-8"),
        ("Très déçue : où est-elle ?", "cp1252", "x-unknown"),
        ("Здравствуйте, где мой заказ?", "cp1251", "unknown-8bit"),
        ("Здравствуйте, где мой заказ?", "koi8-r", "default_charset"),
        ("注文した商品がまだ届きません。", "shift_jis", "x-nothing"),
        ("您好，我的订单还没有收到", "gbk", "x-nothing"),
        ("안녕하세요 주문한 상품이 아직", "euc-kr", "x-nothing"),
    ],
)
def test_text_whose_charset_is_mislabelled(text: str, charset: str, label: str):
    reading = read(mail(text.encode(charset), Content_Type=f"text/plain; charset={label}"))
    assert reading.text == text
    assert reading.warnings


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("ks_c_5601-1987", "cp949", "안녕하세요 똠방각하"),
        ("gb2312", "gb18030", "朱镕基"),
        ("iso-8859-1", "cp1252", "50 € “ok”"),
        ("iso-2022-jp", "iso2022_jp", "注文です"),
        ("utf8", "utf-8", "é"),
    ],
)
def test_charsets_are_wider_than_their_label(label: str, codec: str, text: str):
    reading = read(mail(text.encode(codec), Content_Type=f"text/plain; charset={label}"))
    assert (reading.text, reading.warnings) == (text, ())


def test_a_part_that_is_not_what_its_transfer_encoding_says():
    whole = base64.encodebytes(("Grüße, " * 30).encode()).decode()
    assert read(mail("Plain words, no base64.", Content_Transfer_Encoding="base64")).text == "Plain words, no base64."
    footer = read(mail(whole + "_______\nThis list has a footer.\n", Content_Transfer_Encoding="BASE64;"))
    assert footer.text.startswith("Grüße,")
    assert "This list has a footer." in footer.text + footer.signature
    assert read(
        mail("50 =80 caf=E9 =ZZ", Content_Type="text/plain; charset=cp1252", Content_Transfer_Encoding="qp")
    ).text == ("50 € café =ZZ")
    odd = read(mail("text", Content_Transfer_Encoding="x-mystery"))
    assert odd.text == "text"
    assert odd.warnings


def test_the_plain_alternative_is_read_unless_it_is_a_stub():
    rich = "Content-Type: text/html\n\n<p>" + "The whole story. " * 40 + "</p>"
    both = read(parts("Content-Type: text/plain\n\nThe story.\n" + "Line of it.\n" * 40, rich, kind="alternative"))
    assert both.text.startswith("The story.")
    assert not both.html
    stub = read(parts("Content-Type: text/plain\n\nYour client does not support HTML.", rich, kind="alternative"))
    assert stub.text.startswith("The whole story.")
    assert stub.html
    assert read(parts("Content-Type: text/plain\n\n\n", rich, kind="alternative")).html


def test_related_images_and_files_are_attachments_with_safe_names():
    image = base64.b64encode(b"\x89PNG").decode()
    reading = read(
        parts(
            "Content-Type: text/plain\n\nSee the photo.",
            f'Content-Type: image/png; name="../../etc/cron.d/x"\nContent-Transfer-Encoding: base64\n\n{image}',
            f"Content-Type: image/png\nContent-ID: <x>\nContent-Disposition: inline\n"
            f"Content-Transfer-Encoding: base64\n\n{image}",
            "Content-Type: application/pdf\nContent-Disposition: attachment;"
            " filename*0*=utf-8''facture%20; filename*1=\"mars.pdf\"\n\n%PDF",
            'Content-Type: application/pdf\nContent-Disposition: attachment; filename="FACTURE mars.pdf"\n\n%PDF',
            "Content-Type: application/ms-tnef\n\nxx",
        )
    )
    assert reading.text == "See the photo."
    assert [one.name for one in reading.attachments] == [
        "x",
        "attachment.png",
        "facture mars.pdf",
        "FACTURE mars (2).pdf",
        "winmail.dat",
    ]
    assert reading.attachments[0].data == b"\x89PNG"


def test_a_message_within_a_message_is_attached_whole():
    inner = "From: x@y.example\nSubject: The inner one\n\nInner text"
    reading = read(parts("Content-Type: text/plain\n\nSee below.", f"Content-Type: message/rfc822\n\n{inner}"))
    assert reading.text == "See below."
    assert reading.attachments[0].name == "The inner one.eml"
    assert b"Inner text" in reading.attachments[0].data


def test_a_message_that_only_forwards_another_shows_it():
    inner = "From: x@y.example\nSubject: The inner one\n\nInner text"
    reading = read(parts("Content-Type: text/plain\n\n", f"Content-Type: message/rfc822\n\n{inner}"))
    assert "Inner text" in reading.text
    assert "The inner one" in reading.text


@pytest.mark.parametrize(
    "raw",
    [
        mail("--b\n\nOne\n--b\n\nTwo\n", Content_Type="multipart/mixed; boundary=b"),
        mail(
            "--b\nContent-Type: text/plain\n\nOne\n--b\nContent-Type: text/plain\n\nTwo\n",
            Content_Type="multipart/mixed",
        ),
        mail("--c\nContent-Type: text/plain\n\nOne\n--c\n\nTwo\n--c--", Content_Type="multipart/mixed; boundary=wrong"),
        mail("--b\n\nOne\n--b--\n--b\n\nTwo\n--b--", Content_Type="multipart/mixed; boundary=b"),
        mail("One\n\nTwo", Content_Type="multipart/mixed; boundary=never"),
        mail("--a--\n\nOne\n\nTwo", Content_Type="multipart/mixed; boundary=a"),
        mail(base64.b64encode(b"--b\n\nOne\n--b\n\nTwo\n"
        b"--b--"), Content_Type="multipart/mixed; boundary=b", Content_Transfer_Encoding="base64"),
    ],
    ids=["never closed", "no boundary", "wrong boundary", "goes on", "no parts", "only closed", "encoded as a whole"],
)  # fmt: skip
def test_broken_multiparts_lose_no_text(raw: bytes):
    reading = read(raw)
    assert "One" in reading.text
    assert "Two" in reading.text


def test_flowed_paragraphs_are_put_together():
    flowed = "This is a para- \ngraph.\n> quoted \n> on\n-- \nAnn"
    reading = read(mail(flowed, Content_Type="text/plain; format=flowed; delsp=yes"))
    assert reading.text.startswith("This is a para-graph.")
    assert reading.signature == "-- \nAnn"
    assert "quotedon" in reading.text + reading.quoted


def test_uuencoded_files_leave_the_text():
    reading = read(mail("Before\nbegin 644 hi.txt\n#0V%T\n`\nend\nAfter"))
    assert [(one.name, one.data) for one in reading.attachments] == [("hi.txt", b"Cat")]
    assert reading.text.split() == ["Before", "After"]


def test_what_is_no_message_says_so():
    for raw in (b"", b"\x00\x01\x02\xff" * 50):
        reading = read(raw)
        assert reading.unreadable
        assert reading.warnings
        taken = incoming(reading, raw, fallback_id="", received_at=NOW, own=OWN)
        assert taken.text
        assert [(one.name, one.data) for one in taken.attachments] == [("original.eml", raw)]
        assert taken.at == NOW


def test_a_text_without_headers_is_read_as_a_text():
    reading = read(b"One: a list of things.\n\nThis is all there is.")
    assert reading.text == "One: a list of things.\n\nThis is all there is."
    assert reading.warnings


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (format_datetime(NOW - LATE), NOW - LATE),
        (format_datetime(NOW - LATE - timedelta(seconds=1)), NOW),
        ("Mon, 15 Jan 1994 10:00:00 +0000", NOW),
        ("Mon, 15 Jan 2054 10:00:00 +0000", NOW),
        ("Thu, 01 Jan 1970 00:00:00 +0000", NOW),
        ("no date at all", NOW),
        ("", NOW),
    ],
)
def test_the_clock_of_a_sender_is_not_trusted(sent: str, expected: datetime):
    raw = mail(Date=sent)
    taken = incoming(read(raw), raw, fallback_id="", received_at=NOW, own=OWN)
    assert taken.at == expected


def take(raw: bytes, fallback_id: str = ""):
    return incoming(read(raw), raw, fallback_id=fallback_id, received_at=NOW, own=OWN)


def test_who_wrote():
    assert take(mail()).author == Address("ann@example.org", "Ann Customer")
    assert take(mail(Reply_To="ann@home.example")).author == Address("ann@home.example", "Ann Customer")
    assert (
        take(mail(From="Form <form@shop.example>", Reply_To="support@shop.example")).author.value == "form@shop.example"
    )
    nobody, other = take(mail(From="", Message_ID="")), take(mail("Other", From="", Message_ID=""))
    assert nobody.author.value != other.author.value


def test_our_own_address_proves_nothing_about_the_writer():
    form = take(mail(From="Support <SUPPORT@shop.example>", Reply_To="x@y.example"))
    assert (form.direction, form.kind, form.author.value) == (Direction.IN, MessageKind.MESSAGE, "x@y.example")
    forged = take(mail(From="Support <SUPPORT@shop.example>"))
    assert (forged.direction, forged.kind) == (Direction.IN, MessageKind.AUTO_REPLY)
    raw = mail(From="Support <SUPPORT@shop.example>")
    sent = incoming(read(raw), raw, fallback_id="", received_at=NOW, own=OWN, sent=True)
    assert (sent.direction, sent.kind) == (Direction.OUT, MessageKind.MESSAGE)


def test_an_id_for_every_message():
    assert take(mail()).external_id == "one@example.org"
    without = mail(Message_ID="")
    assert take(without, "INBOX.7").external_id == "INBOX.7"
    assert take(without).external_id == raw_id(without) != raw_id(mail("Other", Message_ID=""))
    long = "<" + "x" * 2000 + "@example.org>"
    first, answer = take(mail(Message_ID=long)), take(mail(In_Reply_To=long))
    assert len(first.external_id) < 250
    assert answer.references == (first.external_id,)


def test_a_group_address_of_ours_is_no_mailing_list():
    listed = {
        "List_Id": "<help.shop.example>",
        "List_Post": "<mailto:help@shop.example>",
        "Precedence": "list",
    }
    raw = mail(**listed)
    assert read(raw).kind is MessageKind.LIST
    taken = incoming(read(raw), raw, fallback_id="", received_at=NOW, own=frozenset({"help@shop.example"}))
    assert taken.kind is MessageKind.MESSAGE
    assert take(raw).kind is MessageKind.LIST


def test_the_token_in_a_subject():
    assert subject_with_token("Re: Parcel", 42) == "Re: Parcel [#42]"
    assert subject_with_token("Re: Parcel [#42]", 42) == "Re: Parcel [#42]"
    assert subject_with_token("Re: [#7] Parcel", 42) == "Re: Parcel [#42]"
    assert subject_with_token("", 42) == "[#42]"
    assert token("AW: RE: [#42] Parcel") == 42
    assert token("Order #42 [42]") is None


def test_a_reading_of_nothing_is_empty():
    assert Reading().text == ""
    assert Reading().kind is MessageKind.MESSAGE
