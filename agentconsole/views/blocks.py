"""What a message looks like in a thread: a block of lines. Pure, so that it may be made in any thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from agentconsole.desk.context import Desk
from agentconsole.i18n import N_, _, clock_time, ngettext, pgettext
from agentconsole.i18n import date as date_words
from agentconsole.model.conversation import Delivery, Message
from agentconsole.model.message import Direction, MessageKind
from agentconsole.views.foreign import steady
from agentconsole.views.layout import BAR, DASH, DOT, Line, file_size, spread, width, wrap
from agentconsole.views.rows import delivery_words, medium_of

CUT = 4000
"""Characters of a message that are shown before one asks for all."""
CUT_LINES = 80
"""Lines of a message that are shown before one asks for all."""
_KINDS = {
    MessageKind.AUTO_REPLY: N_("automatic reply"),
    MessageKind.BOUNCE: N_("could not be delivered"),
    MessageKind.LIST: N_("mailing list"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How messages are shown: the pane's columns, and what is unfolded."""

    columns: int = 80
    unfolded: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class BlockKeys:
    """Keys that a thread names, as people read them; "" where there is none."""

    reply: str = ""
    fold: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A message as lines."""

    message: Message
    lines: list[Line] = field(default_factory=list)
    cut: bool = False

    @property
    def folds(self) -> bool:
        """There is something to unfold."""
        return bool(self.message.quoted.strip() or self.message.signature.strip())


def block(message: Message, look: Look, desk: Desk, keys: BlockKeys) -> Block:
    """A message as lines."""
    mine = message.direction is not Direction.IN
    style = {Direction.NOTE: "note", Direction.OUT: "reply"}.get(message.direction, "")
    gutter = (f"{BAR} " if mine else "  ", style)
    text, is_cut = (message.text, False) if look.whole else _shortened(message.text)
    body = wrap(steady(text, limit=None).strip("\n"), look.columns - 3)
    if not look.whole and len(body) > CUT_LINES:
        body, is_cut = body[:CUT_LINES], True
    lines: list[Line] = [_head(message, look.columns, desk, style)]
    lines += [
        [gutter, ("! " + line, "warn")]
        for w in message.warnings
        for line in wrap(steady(w, one_line=True), look.columns - 5)
    ]
    lines += [[gutter, (line, "note" if style == "note" else "")] for line in body]
    if is_cut:
        left = len(message.text) - len(text) if len(text) < len(message.text) else 0
        said = ngettext("… {n} more character", "… {n} more characters", left).format(n=left) if left else _("… more")
        shows = f"{DOT}{keys.whole} {_('shows all')}" if keys.whole else ""
        lines.append([gutter, (said + shows, "dim")])
    lines += [[gutter, *line] for line in _folded(message, look, keys.fold)]
    for file in message.attachments:
        name = steady(file.name, one_line=True, limit=200)
        said = _("attached: {name}").format(name=name)
        kind = steady(file.media_type, one_line=True, limit=80)
        sides: tuple[Line, Line] = [(said, "accent")], [(f"{file_size(file.size)} ", "dim")]
        if width(said) + width(kind) + 16 < look.columns:
            sides[0].append((DOT + kind, "dim"))
        lines.append([gutter, *spread(*sides, look.columns - 3)])
    lines += [[gutter, (line, "warn")] for line in _undelivered(message.delivery, look.columns - 3)]
    return Block(message, [*lines, []], is_cut)


def _shortened(text: str) -> tuple[str, bool]:
    return (text[:CUT], True) if len(text) > CUT + CUT // 4 else (text, False)


def _head(message: Message, columns: int, desk: Desk, style: str) -> Line:
    name = steady(message.author_name or message.author, one_line=True, limit=120)
    left: Line = [(clock_time(message.at, desk.config.zone) + "  ", "dim"), (name, f"bold {style}".strip())]
    said = []
    if message.direction is Direction.NOTE:
        said.append(_("note, only colleagues see it"))
    else:
        said.append(medium_of(message.channel, desk))
        if message.public:
            said.append(_("public"))
        if message.kind in _KINDS:
            said.append(_(_KINDS[message.kind]))
    if message.direction is Direction.OUT:
        said.insert(0, pgettext("message", "reply"))
    left.append(("  " + DOT.join(said), "note" if style == "note" else "dim"))
    state, look = _delivery_words(message.delivery)
    return spread(left, [(state + " ", look)] if state else [], columns)


def _delivery_words(delivery: Delivery | None) -> tuple[str, str]:
    if delivery is None:
        return "", ""
    return delivery_words(delivery.state)


def _undelivered(delivery: Delivery | None, columns: int) -> list[str]:
    """Why a reply is not with the customer, and what to do."""
    if delivery is None or delivery.state == "sent":
        return []
    why = steady(delivery.error, one_line=True, limit=400)
    lines = wrap(why, columns) if why else []
    if delivery.state == "failed":
        lines += wrap(_("It did not reach the customer. The outbox lets you send it again."), columns)
    elif delivery.state == "unknown":
        lines += wrap(_("Look whether it arrived, then say so in the outbox: mark as sent, or send again."), columns)
    return lines


def _folded(message: Message, look: Look, key: str) -> list[Line]:
    quoted, signature = message.quoted.strip("\n"), message.signature.strip("\n")
    if not (quoted.strip() or signature.strip()):
        return []
    if look.unfolded:
        lines = []
        for part in (signature, quoted):
            if part.strip():
                short, is_cut = (part, False) if look.whole else _shortened(part)
                lines += [[(line, "dim")] for line in wrap(steady(short, limit=None), look.columns - 3)]
                lines += [[("…", "dim")]] if is_cut else []
        return lines
    said = []
    if quoted.strip():
        n = quoted.count("\n") + 1
        said.append(ngettext("{n} line quoted", "{n} lines quoted", n).format(n=n))
    if signature.strip():
        said.append(_("signature"))
    return [[("[+] " + ", ".join(said) + (f"{DOT}{key}" if key else ""), "dim")]]


def day_line(day: date, today: date, columns: int) -> Line:
    """The line between two days."""
    age = (today - day).days
    name = _("today") if age == 0 else _("yesterday") if age == 1 else f"{_weekday(day)} {date_words(day)}"
    said = f"{DASH * 2} {name} "
    return [(said + DASH * max(0, columns - width(said) - 1), "dim")]


def _weekday(day: date) -> str:
    days = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
    return _(days[day.weekday()])


def blocks(messages: tuple[Message, ...], look: Look, desk: Desk, now: datetime, keys: BlockKeys) -> list[Block]:
    """Messages as blocks, a line before the first one of each day."""
    zone, found, before = desk.config.zone, [], None
    today = now.astimezone(zone).date()
    for message in messages:
        made, day = block(message, look, desk, keys), message.at.astimezone(zone).date()
        if day != before:
            made = replace(made, lines=[day_line(day, today, look.columns), *made.lines])
        before = day
        found.append(made)
    return found


def draft_lines(name: str, text: str, at: datetime, columns: int, desk: Desk, *, mine: bool, key: str) -> list[Line]:
    """Unsent words at the end of a thread: mine, or that a colleague is writing."""
    head: Line = [
        (clock_time(at, desk.config.zone) + "  ", "dim"),
        (steady(name, one_line=True, limit=80), "bold"),
        (
            "  " + (_("draft, not sent; {key} goes on").format(key=key) if mine else _("is writing a reply")),
            "due",
        ),
    ]
    body = wrap(steady(text, limit=400).strip("\n"), columns - 3)[:4] if mine else []
    return [head, *([("  " + line, "dim")] for line in body), []]
