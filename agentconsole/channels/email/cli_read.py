"""``agentconsole mail read FILE…``: what the console makes of each message, to find out why a mail looks odd."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from agentconsole.channels.email import reading as mail
from agentconsole.channels.email.reading import Reading, all_written, read, written
from agentconsole.i18n import _
from agentconsole.text import clean

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""What JSON may hold as it is but a terminal acts upon."""


def read_files(paths: Iterable[str], as_json: bool, out: TextIO, err: TextIO | None = None) -> int:
    """Read each file and write what became of it.

    :param paths: files, or ``-`` for standard input.
    :param as_json: one JSON object a line instead of text for people.
    :returns: 0, or 1 where a file could not be opened: said in one line on ``err`` (standard error), and the
        others are read all the same.
    """
    code = 0
    for number, path in enumerate(paths):
        try:
            raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            (err or sys.stderr).write(clean(f"{path}: {why}", one_line=True) + "\n")
            code = 1
            continue
        reading = read(raw)
        if as_json:
            out.write(_json_line(reading, path, out) + "\n")
        else:
            out.write(("\n" if number else "") + _for_people(reading, path))
    return code


def _json_line(reading: Reading, path: str, out: TextIO) -> str:
    plain = (getattr(out, "encoding", None) or "utf-8").lower().replace("-", "") != "utf8"
    file = path.encode("utf-8", "replace").decode()
    line = json.dumps(mail.as_json(reading, file), ensure_ascii=plain)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _for_people(reading: Reading, path: str) -> str:
    fields = [
        (_("File"), path),
        (_("From"), written(reading.from_) if reading.from_ else _("unknown")),
        (_("To"), all_written(reading.to)),
        (_("Subject"), reading.subject),
        (_("Date"), reading.date.strftime("%Y-%m-%d %H:%M:%S UTC") if reading.date else _("unknown")),
        (_("Kind"), reading.kind.value),
        (_("References"), " ".join(reading.references)),
        (_("Bounced because"), reading.bounce_reason),
        *((_("Attachment"), f"{one.name} ({one.media_type}, {one.size})") for one in reading.attachments),
        *((_("Warning"), one) for one in reading.warnings),
    ]
    lines: list[str] = [clean(f"{name}: {value}", one_line=True, limit=None) for name, value in fields if value]
    for name, text in (
        (_("Text"), reading.text),
        (_("Quoted"), reading.quoted),
        (_("Signature"), reading.signature),
    ):
        if text:
            lines += ["", f"--- {name}", clean(text, limit=None)]
    if reading.unreadable:
        lines += ["", _("This message could not be read.")]
    return "\n".join(lines) + "\n"
