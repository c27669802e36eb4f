"""Codes brought as CSV: what is good is taken, what is wrong is told by its line, and no code is told to anybody."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from agentconsole.channels.base import settings_model
from agentconsole.cli import main
from agentconsole.config import parse
from agentconsole.desk import gestures, vouchers
from agentconsole.desk.context import Desk
from agentconsole.desk.voucher_file import LONGEST
from agentconsole.desk.voucher_file import parse as parse_file
from agentconsole.errors import DeskError, RuleRefused, UsageError
from agentconsole.model.gesture import Code
from agentconsole.store.ledger.vouchers import Stock
from tests.ledger.conftest import Opens
from tests.ledger.ordering import conversation
from tests.ledger.world import LEDGER_CONFIG

TODAY = date(2026, 3, 2)


def read(text_: str | bytes, currency: str = "EUR") -> tuple[list[Code], list[tuple[int, str]]]:
    data = text_ if isinstance(text_, bytes) else text_.encode()
    good, bad = parse_file(data, currency=currency, today=TODAY)
    return [code for _line, code in good], [(item.line, item.reason) for item in bad]


def brought(desk: Desk, folder: Path, text_: str | bytes, pool: str = "voucher") -> vouchers.Brought:
    file = folder / f"{uuid4().hex}.csv"
    file.write_bytes(text_ if isinstance(text_, bytes) else text_.encode())
    return vouchers.bring(desk, file, pool)


# The file


@pytest.mark.parametrize(
    "file",
    [
        "A-1,15,EUR,2027-12-31\n",
        "A-1;15,00;EUR;31/12/2027",
        "A-1\t15.00\teur\t31/12/2027\r\n",
        '\ufeffcode,amount,currency,expiry\r\n"A-1","15,00","EUR","2027-12-31"\r\n\r\n',
        "Expiry;Currency;Code;Amount\n31/12/2027;EUR;A-1;15\n",
        "note;code;amount;currency;expires\nspring;A-1;15.0;EUR;2027-12-31\n",
        "code,amount,currency,expiry\rA-1,15,EUR,2027-12-31\r",
        " A-1 , 15 , EUR , 2027-12-31 ,,\n",
        "A\u200b-\x0b1\ufeff,15,EUR,2027-12-31".replace("\x0b", "\x02"),
        "A-1;15;EUR;2027-12-31".encode("utf-16"),
    ],
)
def test_the_ways_of_writing_one_code(file: str | bytes) -> None:
    assert read(file) == ([Code("A-1", 1500, "EUR", date(2027, 12, 31))], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A", "columns"), ("A,15,EUR,2027-01-01,more", "columns"), ('"A,15', "columns"), ('"A"x,15', "columns"),
        (",15", "code"), ("\x01\u200b,15", "code"), ("x" * (LONGEST + 1) + ",15", "code"),
        ("A,", "amount"), ("A,0", "amount"), ("A,-5", "amount"), ("A,1e3", "amount"), ("A,NaN", "amount"),
        ("A,٣", "amount"), ("A,15.001", "amount"), ('A,"15,000"', "amount"), ("A,15.000", "amount"),
        ("A,15 €", "amount"), ("A,99999999", "amount"),
        ("A,15,00", "currency"), ("A,15,EURO", "currency"), ("A,15,XX", "currency"),
        ("A,15,EUR,soon", "expiry"), ("A,15,EUR,2027-02-30", "expiry"), ("A,15,EUR,31/11/2027", "expiry"),
        ("A,15,EUR,12/31/2027", "expiry"), ("A,15,EUR,20271231", "expiry"), ("A,15,EUR,1/1/27", "expiry"),
        ("A,15,EUR,2026-03-01", "expired"), ("A,15,EUR,01/03/2026", "expired"), ("A,15,JPY,2020-01-01", "expired"),
        ("A,15.0,JPY", "amount"),
    ],
)  # fmt: skip
def test_a_bad_line_is_told_by_its_number_and_the_rest_is_taken(line: str, reason: str) -> None:
    good, bad = read(f"code,amount,currency,expiry\nB,1,EUR\n\n{line}\nC,2,EUR,2026-03-02\n")
    assert [code.code for code in good] == ["B", "C"]
    assert bad == [(4, reason)]


def test_what_is_no_utf_8_spoils_its_line_only() -> None:
    good, bad = read(b"A,1\nB\xff,2\nC,3\n")
    assert ([code.code for code in good], bad) == (["A", "C"], [(2, "encoding")])


def test_a_quote_that_is_never_closed_spoils_its_line_only() -> None:
    good, bad = read('A,1\n"B,2\nC,3\n')
    assert ([code.code for code in good], bad) == (["A", "C"], [(2, "columns")])


def test_the_same_code_twice_is_taken_once() -> None:
    good, bad = read("A,1\nA,2\nB,3\n A\u200b,1\n")
    assert ([(code.code, code.amount) for code in good], bad) == (
        [("A", 100), ("B", 300)],
        [(2, "duplicate"), (4, "duplicate")],
    )


def test_a_header_without_codes_is_refused_as_a_whole() -> None:
    for header in ("code,currency", "amount,expiry", "code,amount,code"):
        with pytest.raises(UsageError, match="first line"):
            read(f"{header}\nA,1\n")


@pytest.mark.parametrize("file", [b"", b"\n\n", b"\xef\xbb\xbf", b";;;\n", b"code,amount\n"])
def test_nothing(file: bytes) -> None:
    assert read(file) == ([], [])


_CODES = st.text(st.characters(categories=["Lu", "Nd"], max_codepoint=127), min_size=1, max_size=12)
_ROWS = st.lists(
    st.tuples(_CODES, st.integers(1, 1_000_000), st.sampled_from(["EUR", "JPY", "KWD"]), st.none() | st.dates(TODAY)),
    unique_by=lambda row: row[0],
)  # fmt: skip


@given(rows=_ROWS, separator=st.sampled_from(",;\t"), comma=st.booleans(), iso=st.booleans(), header=st.booleans())
def test_what_a_program_wrote_is_read_back(
    rows: list[tuple[str, int, str, date | None]], separator: str, comma: bool, iso: bool, header: bool
) -> None:
    def amount(minor: int, currency: str) -> str:
        digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
        units = f"{minor // 10**digits}.{minor % 10**digits:0{digits}d}" if digits else str(minor)
        return units.replace(".", ",") if comma else units

    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    if header:
        writer.writerow(["code", "amount", "currency", "expiry"])
    for code, minor, currency, day in rows:
        day_ = "" if day is None else day.isoformat() if iso else f"{day:%d/%m/%Y}"
        writer.writerow([code, amount(minor, currency), currency, day_])
    if not header and rows and {rows[0][0].lower()} & {"code", "amount", "currency", "expiry"}:
        return
    assert read(out.getvalue()) == ([Code(*row) for row in rows], [])


@given(data=st.binary(max_size=400) | st.text(max_size=400).map(lambda t: t.encode("utf-8", "replace")))
def test_whatever_is_in_a_file_it_is_read_or_refused(data: bytes) -> None:
    try:
        good, _bad = read(data)
    except UsageError:
        return
    for code in good:
        assert code.code == code.code.strip()
        assert 0 < len(code.code) <= LONGEST
        assert code.code.isprintable()
        assert code.amount > 0


# The pools


def test_codes_are_counted_and_given_and_never_twice(open_gestures: Opens, tmp_path: Path) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    file = "code,amount,currency,expiry\nA,15,EUR,2026-12-31\nB,15,EUR,2026-06-30\nbad\nC,15,USD,\nA,15,EUR,\n"
    done = brought(sam, tmp_path, file)
    assert (done.added, [(bad.line, bad.reason) for bad in done.bad]) == (3, [(4, "columns"), (6, "duplicate")])
    done = brought(sam, tmp_path, "D,20\nA,15\nB,99\n")
    assert (done.added, [(bad.line, bad.reason) for bad in done.bad]) == (1, [(2, "known"), (3, "known")])
    number = conversation(lea)
    entry = gestures.grant(lea, number, gestures.wanted(lea, number, "voucher", 1500, "EUR", "outage"), uuid4()).entry
    code = gestures.reveal(lea, entry)
    assert code is not None
    assert (code.code, code.expires) == ("B", date(2026, 6, 30))
    for desk in (lea, sam):
        assert [item.stock for item in vouchers.counted(desk)] == [
            Stock("voucher", 1500, "EUR", free=1, given=1, soonest=date(2026, 12, 31)),
            Stock("voucher", 2000, "EUR", free=1),
            Stock("voucher", 1500, "USD", free=1),
        ]
    assert brought(sam, tmp_path, "B,15\n").added == 0


def test_what_runs_low(open_gestures: Opens, tmp_path: Path) -> None:
    """The catalogue's 15 € are missed where there are none; what it does not offer only while some are left."""
    sam = open_gestures("sam")
    assert vouchers.low(sam) == [Stock("voucher", 1500, "EUR")]
    brought(sam, tmp_path, "".join(f"A{n},15\n" for n in range(20)) + "B,30\n")
    assert vouchers.low(sam) == [Stock("voucher", 3000, "EUR", free=1)]


def test_expired_codes_are_not_free(open_gestures: Opens, tmp_path: Path, still) -> None:
    sam = open_gestures("sam")
    brought(sam, tmp_path, "A,15,EUR,02/03/2026\nB,15,EUR,03/03/2026\n")
    still(sam.now().replace(hour=22, minute=59))
    assert vouchers.counted(sam)[0].stock == Stock("voucher", 1500, "EUR", free=2, soonest=TODAY)
    still(sam.now().replace(hour=23, minute=0))  # midnight in Paris
    assert vouchers.counted(sam)[0].stock == Stock("voucher", 1500, "EUR", free=1, expired=1, soonest=date(2026, 3, 3))


def test_who_may_and_what_there_must_be(open_gestures: Opens, tmp_path: Path) -> None:
    lea, sam = open_gestures("lea"), open_gestures("sam")
    with pytest.raises(RuleRefused, check=lambda error: error.reason == "not_supervisor"):
        brought(lea, tmp_path, "A,15\n")
    with pytest.raises(UsageError, match="pool 'other'"):
        brought(sam, tmp_path, "A,15\n", pool="other")
    for file in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            vouchers.bring(sam, file, "voucher")
    assert [item.stock.free for item in vouchers.counted(sam)] == [0]


@pytest.mark.parametrize("ledger_address", ["postgresql"], indirect=True)
@pytest.mark.parametrize("agent", ["lea", "sam"])
def test_with_psql_codes_are_not_read(open_gestures: Opens, tmp_path: Path, agent: str) -> None:
    desk = open_gestures(agent)
    brought(open_gestures("sam"), tmp_path, "A,15\n")
    for query in ("SELECT code FROM ledger_voucher", "COPY ledger_voucher TO STDOUT", "SELECT * FROM ledger_voucher"):
        with pytest.raises(DeskError), desk.store.read() as connection:
            connection.execute(text(query)).all()


def test_a_great_many_codes_in_one_go_and_none_in_a_log(
    open_gestures: Opens, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sam = open_gestures("sam")
    caplog.set_level(logging.DEBUG)
    file = "code;amount;currency;expiry\n" + "".join(f"SPRING-{n:06d};15,00;EUR;31/12/2027\n" for n in range(25_000))
    began = time.monotonic()
    done = brought(sam, tmp_path, file)
    assert (done.added, done.bad) == (25_000, ())
    assert time.monotonic() - began < 60
    again = brought(sam, tmp_path, file)
    assert (again.added, len(again.bad), {bad.reason for bad in again.bad}) == (0, 25_000, {"known"})
    assert vouchers.counted(sam)[0].stock.free == 25_000
    assert "SPRING" not in caplog.text + repr(again.bad[:5])


# Line mode


def test_line_mode(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "agentconsole.toml"
    config.write_text(LEDGER_CONFIG, encoding="utf-8")
    parse(LEDGER_CONFIG, "agentconsole.toml", settings_model)
    (tmp_path / "codes.csv").write_text("\ufeffcode;amount\nSECRET1;15\nSECRET2;x\nSECRET1;15\n", encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--config", str(config), "--agent", "sam", *arguments])
        out, err = capsys.readouterr()
        assert "SECRET" not in out + err
        return code, out, err

    bring = ("voucher", "import", str(tmp_path / "codes.csv"), "--pool", "voucher")
    code, out, _err = run(*bring, "--json")
    assert code == 1
    told = [json.loads(line) for line in out.splitlines()]
    assert [(t["line"], t["reason"]) for t in told[:-1]] == [(3, "amount"), (4, "duplicate")]
    assert told[-1] == {"pool": "voucher", "added": 1, "refused": 2}
    code, out, _err = run(*bring)
    assert (code, out.splitlines()[-1]) == (1, "0 codes are new in voucher.")
    (stock,) = [json.loads(line) for line in run("voucher", "pools", "--json")[1].splitlines()]
    assert stock == {
        "pool": "voucher", "amount": "15.00", "amount_minor": 1500, "currency": "EUR", "free": 1, "given": 0,
        "burnt": 0, "expired": 0, "soonest": None, "low": True,
    }  # fmt: skip
    assert "LOW" in run("voucher", "pools")[1]
    assert "with its customer" in run("gesture", "tasks")[1]
    code, _out, err = run("gesture", "done", str(uuid4()))
    assert (code, "waits for anything" in err) == (1, True)
