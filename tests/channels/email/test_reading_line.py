"""``agentconsole mail read``: one JSON object a line, or a page for people."""

import io
import json
from pathlib import Path

from agentconsole.channels.email.cli_read import read_files

RAW = (
    "From: =?utf-8?q?Ann_=C3=89?= <ann@example.org>\n"
    "To: Support <support@shop.example>, x@y.example\nSubject: Parcel [#7]\n"
    "Date: Mon, 15 Jan 2024 10:30:00 +0100\nReferences: <a@b>\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=utf-8\n\nWhere is it?\x1b[31m\u202e\u2028!\n\n-- \nAnn\n\n"
    "On Mon, Jan 15, 2024 at 9:30 AM Jo <jo@shop.example> wrote:\n> Soon.\n"
    "--b\nContent-Type: image/png; name=cup.png\n\nabc\n--b--\n"
).encode()


def run(tmp_path: Path, as_json: bool, *names: str) -> tuple[int, str, str]:
    (tmp_path / "good.eml").write_bytes(RAW)
    (tmp_path / "empty.eml").write_bytes(b"")
    out, err = io.StringIO(), io.StringIO()
    code = read_files([str(tmp_path / name) for name in names], as_json, out, err)
    return code, out.getvalue(), err.getvalue()


def test_one_object_a_line(tmp_path: Path):
    code, out, err = run(tmp_path, True, "good.eml", "empty.eml")
    first, second = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert " ".join(first) == ("file from to subject date text quoted signature attachments references kind warnings")
    assert first["file"] == str(tmp_path / "good.eml")
    assert first["from"] == "Ann É <ann@example.org>"
    assert first["to"] == ["Support <support@shop.example>", "x@y.example"]
    assert first["date"] == "2024-01-15T09:30:00Z"
    assert first["text"] == "Where is it?\x1b[31m\u202e\u2028!"
    assert first["quoted"].endswith("> Soon.")
    assert first["signature"] == "-- \nAnn"
    assert first["attachments"] == [{"name": "cup.png", "type": "image/png", "size": 3}]
    assert first["references"] == ["a@b"]
    assert first["kind"] == "message"
    assert second["from"] is None
    assert second["warnings"]


def test_nothing_that_a_terminal_acts_upon_is_written(tmp_path: Path):
    for as_json in (True, False):
        _code, out, _err = run(tmp_path, as_json, "good.eml")
        assert not set(out) & set("\x1b\u202e\u2028\x9b")
        assert "É" in out


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(tmp_path: Path):
    code, out, err = run(tmp_path, True, "missing.eml", "good.eml")
    assert code == 1
    assert len(out.splitlines()) == 1
    assert len(err.splitlines()) == 1
    assert "missing.eml" in err


def test_standard_input(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(RAW)))
    out = io.StringIO()
    assert read_files(["-"], True, out) == 0
    assert json.loads(out.getvalue())["subject"] == "Parcel [#7]"


def test_a_terminal_that_is_not_utf_8(tmp_path: Path):
    (tmp_path / "good.eml").write_bytes(RAW)
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    assert read_files([str(tmp_path / "good.eml")], True, out) == 0
    out.flush()
    assert json.loads(raw.getvalue())["from"] == "Ann É <ann@example.org>"


def test_the_page_for_people(tmp_path: Path):
    _code, out, _err = run(tmp_path, False, "good.eml")
    for shown in ("Ann É <ann@example.org>", "Parcel [#7]", "Where is it?", "Soon.", "cup.png"):
        assert shown in out
