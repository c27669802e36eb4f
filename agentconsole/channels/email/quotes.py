"""What the person wrote, apart from the history they quote and from their signature.

Every line ends up in exactly one of the three: text, quoted history, signature. In doubt a line stays in the
text. The rules, from what mail programs do:

- A run of quoted lines (``>``, or an element that holds history) is history together with the line that
  introduces it ("On … X wrote:").
- An introduction without quoted lines below, a block of header fields ("From: … Sent: …") and a separator
  ("-----Original Message-----") make everything below history.
- Answers written between quoted lines stay, with the lines they answer: one without the other says nothing.
- Where nothing else was written, what was forwarded is the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from agentconsole.channels.email import limits
from agentconsole.channels.email.introductions import Found, introduction
from agentconsole.channels.email.lines import Line, Mark
from agentconsole.channels.email.signatures import split_signature

_QUOTED = re.compile(r"\s{0,3}(?:>|&gt;)")
_BROKEN_END = re.compile(r">+\s*(?:\S{1,12}\s*)?[:：]\s*$|>\s*\S{2,15}\s*[:：]?\s*$")
_SENTENCE_END = tuple(".!?:;…。！？")
WRAPPED = 58
"""A quoted line this long may have been broken by a mail program that forgot the ``>`` of the next line."""


class _Kind(Enum):
    REPLY = "reply"
    HISTORY = "history"
    FORWARD = "forward"  # history below a header block or separator: forwarded, or answered


@dataclass(slots=True)
class _Block:
    kind: _Kind
    head: list[str]  # the introduction
    lines: list[Line]
    certain: bool = True
    signature: str = ""

    def text(self, *, quote: bool = False) -> str:
        if not quote:
            return "\n".join([*self.head, *(line.text for line in self.lines)])
        return "\n".join(
            "> " * max(1, line.depth) + line.text if line.mark >= Mark.BLOCK else line.text for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Split:
    """A message's text in three. Together they hold every line that was not blank."""

    text: str
    quoted: str
    signature: str


def split(lines: list[Line]) -> Split:
    """Tell what was written from what was quoted; linear in the number of lines."""
    blocks = [
        block for block in _blocks(lines) if _has_words(block.head) or any(line.text.strip() for line in block.lines)
    ]
    for block in blocks:
        if block.kind is _Kind.REPLY:
            block.lines, block.signature = split_signature(block.lines)
    written = [number for number, block in enumerate(blocks) if block.kind is _Kind.REPLY and _said(block)]
    if not written:
        return _nothing_written(blocks)
    kept = _kept(blocks, written)
    text = _in_order(blocks, kept)
    quoted = [
        "\n".join(block.head) if n in kept else block.text()
        for n, block in enumerate(blocks)
        if block.kind is not _Kind.REPLY and (n not in kept or block.head)
    ]
    return Split(text, _joined(quoted), _joined([block.signature for block in blocks]))


def _in_order(blocks: list[_Block], kept: set[int]) -> str:
    """The blocks that are text under one another, as they stood where nothing was taken out between them."""
    pieces: list[str] = []
    run: list[str] = []
    for n, block in enumerate(blocks):
        if n in kept:
            if block.head:
                pieces.append("\n".join(run))
                run = []
            run.append(block.text(quote=block.kind is not _Kind.REPLY))
        if n not in kept or block.signature:
            pieces.append("\n".join(run))
            run = []
    return _joined([*pieces, "\n".join(run)])


def _said(block: _Block) -> bool:
    return any(line.text.strip() for line in block.lines)


def _nothing_written(blocks: list[_Block]) -> Split:
    """Only history: what was forwarded becomes the text; an answer without a word has none."""
    signature = _joined([block.signature for block in blocks])
    forwards = [block for block in blocks if block.kind is _Kind.FORWARD or not block.certain]
    if forwards:
        others = [block.text() for block in blocks if block.kind is not _Kind.REPLY and block not in forwards]
        return Split(_joined([block.text() for block in forwards]), _joined(others), signature)
    quoted = _joined([block.text() for block in blocks if block.kind is not _Kind.REPLY])
    return Split(signature, "", "") if not quoted else Split("", quoted, signature)


def _kept(blocks: list[_Block], written: list[int]) -> set[int]:
    """The blocks that are text: what was written, and quoted lines that it answers in between."""
    answers = [n for n in written if n > 0 and blocks[n - 1].kind is _Kind.HISTORY]
    kept = set(written)
    for n, block in enumerate(blocks):
        if block.kind is not _Kind.HISTORY:
            continue
        answered = len(answers) > 1 and n < answers[-1]
        own = not block.certain and (written[0] < n < written[-1] or block.lines[0].mark is Mark.BLOCK)
        if answered or own:
            kept.add(n)
    return kept


def _blocks(lines: list[Line]) -> list[_Block]:
    blocks: list[_Block] = []
    reply: list[Line] = []
    number, count = 0, len(lines)
    while number < count:
        if number >= limits.MAX_SEARCHED:
            reply += lines[number:]
            break
        if _is_quoted(lines, number):
            end = _end_of_quote(lines, number)
            head, certain = _late_introduction(reply)
            certain |= lines[number].mark is Mark.HISTORY or bool(blocks) or _introduces_itself(lines[number:end])
            blocks += [
                _Block(_Kind.REPLY, [], reply),
                _Block(_Kind.HISTORY, head, lines[number:end], certain),
            ]
            reply, number = [], end
            continue
        found = introduction(lines, number)
        if found is None:
            reply.append(lines[number])
            number += 1
            continue
        block, number = _introduced(lines, number, found)
        blocks += [_Block(_Kind.REPLY, [], reply), block]
        reply = []
    return [*blocks, _Block(_Kind.REPLY, [], reply)]


def _introduced(lines: list[Line], number: int, found: Found) -> tuple[_Block, int]:
    """What an introduction introduces: the quoted lines below it, else all that follows."""
    head = [line.text for line in lines[number : found.end]]
    after = found.end
    while after < len(lines) and not lines[after].text.strip():
        after += 1
    if after < len(lines) and not found.block and _is_quoted(lines, after):
        end = _end_of_quote(lines, after)
        return _Block(_Kind.HISTORY, head, lines[after:end]), end
    kind = _Kind.FORWARD if found.block else _Kind.HISTORY
    return _Block(kind, head, lines[found.end :]), len(lines)


def _is_quoted(lines: list[Line], number: int) -> bool:
    line = lines[number]
    if line.mark in (Mark.BLOCK, Mark.HISTORY):
        return bool(line.text.strip())
    if not line.text or not _QUOTED.match(line.text):
        return False
    # "… <someone@example.com" broken before "> wrote:"
    return not (_BROKEN_END.match(line.text) and number and "<" in lines[number - 1].text.rpartition(">")[2])


def _end_of_quote(lines: list[Line], number: int) -> int:
    """The end of a run of quoted lines: blank lines and lines that lost their ``>`` in wrapping belong to it."""
    end = number + 1
    while end < len(lines):
        if _is_quoted(lines, end):
            end += 1
            continue
        if lines[end].text.strip():
            if not _lost_mark(lines, end):
                break
            end += 1
            continue
        after = end
        while after < len(lines) and not lines[after].text.strip():
            after += 1
        if after == len(lines) or not _is_quoted(lines, after):
            break
        end = after
    return end


def _lost_mark(lines: list[Line], number: int) -> bool:
    before, line = lines[number - 1].text.rstrip(), lines[number].text.strip()
    if number + 1 >= len(lines) or lines[number].mark or not _is_quoted(lines, number - 1):
        return False
    broken = before.count("(") > before.count(")") or before.count("<") > before.count(">")
    goes_on = len(before) >= WRAPPED and not before.endswith(_SENTENCE_END) and line[:1].islower()
    return (goes_on or (broken and " " not in line)) and _is_quoted(lines, number + 1)


def _introduces_itself(run: list[Line]) -> bool:
    """Whether the first quoted lines say who wrote them."""
    bare = [line._replace(text=re.sub(r"^[\s>]+", "", line.text), mark=Mark.NONE) for line in run[:12]]
    first = next((number for number, line in enumerate(bare) if line.text), 0)
    return introduction(bare, first) is not None


def _late_introduction(reply: list[Line]) -> tuple[list[str], bool]:
    """An introduction in a language we do not know: the lines right above quoted ones, with a date or address.

    The lines are taken off ``reply``.
    """
    at = len(reply)
    while at and not reply[at - 1].text.strip():
        at -= 1
    start = at
    while start and at - start < 3 and reply[start - 1].text.strip():
        start -= 1
        if (found := introduction(reply[:at], start, above_quote=True)) is not None and found.end == at:
            head = [line.text for line in reply[start:]]
            del reply[start:]
            return head, True
    return [], False


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _joined(texts: list[str]) -> str:
    """Texts under one another with a blank line between them, without blank lines at either end."""
    return "\n\n".join(stripped for text in texts if (stripped := _trimmed(text)))


def _trimmed(text: str) -> str:
    lead = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, lead) + 1 :].rstrip()
