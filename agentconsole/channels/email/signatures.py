"""Telling a signature from what was written, and rather not: in doubt it stays in the text.

Taken as a signature: what stands below ``-- `` (RFC 3676, 4.3), in an element that mail programs put signatures
in, the line that a telephone adds, a mailing list's footer, and below a closing formula two to eight short
lines that look like a name and its contact data.
"""

from __future__ import annotations

import re

from agentconsole.channels.email.lines import Line, Mark
from agentconsole.channels.email.phrases import phrases

MAX_BELOW_DASHES = 30
"""Lines with words below ``-- ``; more of them were written by hand."""
MAX_BELOW_CLOSING = 8
"""Lines with words below a closing formula."""
MAX_WIDTH = 75
"""Characters of a line in a signature below a closing formula or a bare dash."""

_DASHES = re.compile(r"\s{0,2}(?:--|—|––|——+|—\s*—)\s*$")
_UNDERSCORES = re.compile(r"_{2,}\s*$")
FOOTERS = ("mailing list", "mailman/listinfo", "unsubscribe", "liste de diffusion")
"""What a mailing list puts below a message."""
_CLOSED = re.compile(r"[\s,.!;:*。，]+$")


def split_signature(lines: list[Line]) -> tuple[list[Line], str]:
    """Take the signature off the end of what somebody wrote.

    :returns: the other lines, and the signature as text. No line is in both, none is lost.
    """
    taken: list[str] = []
    kept: list[Line] = []
    for number, line in enumerate(lines):
        if line.mark is Mark.SIGNATURE and line.text.strip():
            taken.append(line.text)
        elif _is_mobile(lines, number):
            taken.append(line.text.strip())
        else:
            kept.append(line)
    cut = _cut(kept)
    below = "\n".join(line.text for line in kept[cut:]).strip("\n")
    signature = "\n".join(part for part in (below, *taken) if part.strip())
    return kept[:cut], signature


def _cut(lines: list[Line]) -> int:
    """Where the signature begins; the number of lines where there is none."""
    worded = [number for number, line in enumerate(lines) if line.text.strip()]
    tail = worded[-(MAX_BELOW_DASHES + 2) :]
    for place, number in enumerate(tail):
        text = lines[number].text
        below = [lines[n].text for n in tail[place + 1 :]]
        if _DASHES.match(text) and below and _below_dashes(text, below):
            return number
        if _UNDERSCORES.match(text) and below and any(word in " ".join(below[:4]).lower() for word in FOOTERS):
            return number
    for place in range(max(0, len(tail) - MAX_BELOW_CLOSING - 1), len(tail) - 2):
        text = lines[tail[place]].text
        below = [lines[n].text.strip() for n in tail[place + 1 :]]
        if _CLOSED.sub("", text).strip("* ").lower() in phrases().closing and all(map(_short, below)):
            return tail[place]
    return len(lines)


def _below_dashes(text: str, below: list[str]) -> bool:
    """Two dashes and a blank are a signature's mark; without the blank the lines below must look like one."""
    if text.rstrip("\r") == "-- ":
        return len(below) <= MAX_BELOW_DASHES
    limit = 6 if "—" in text or "–" in text else 12
    if len(below) > limit or len(below[0].split()) > 9:
        return False
    return all(len(line) <= 2 * MAX_WIDTH for line in below)


def _short(line: str) -> bool:
    """Whether a line may stand in a signature: short, no question, nothing that belongs to the matter itself."""
    lowered = line.lower()
    if len(line) > MAX_WIDTH or "?" in line or lowered.startswith(("ps", "p.s", "nb", "> ")):
        return False
    return not any(word in lowered for word in phrases().matter)


def _is_mobile(lines: list[Line], number: int) -> bool:
    """A line that a telephone or a mail program added, alone between blank lines (or at an end)."""
    text = lines[number].text.strip()
    if len(text) < 6 or len(text) > 160:
        return False
    lowered, words = text.lower().lstrip("-–—<[(*_ "), phrases()
    if not lowered.startswith(words.mobile) and not lowered.rstrip(" .*_").endswith(words.mobile_end):
        return False
    shown = re.sub(r"<[^<>]*>|\([^()]*\)|\[[^\[\]]*\]", "", text).strip()
    if len(shown) > 80 or shown.endswith((",", "?", ":")) or _reads_on(shown):
        return False
    before = lines[number - 1].text.strip() if number else ""
    after = lines[number + 1].text.strip() if number + 1 < len(lines) else ""
    return not after and (not before or bool(_DASHES.match(before)))


def _reads_on(text: str) -> bool:
    """Whether the line is a sentence of its own: "Sent from my desk, is much easier than my telephone."."""
    return "," in text or len(text.split()) > 9
