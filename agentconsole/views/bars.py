"""The page's bars: header, title, why here, thread head, notice, hints, status. Drawn where they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentconsole.config.values import say
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time, language, ngettext
from agentconsole.views.actions import BY_ID, Action
from agentconsole.views.acts.finding import ALL_OPEN
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut, line_width, width, wrap
from agentconsole.views.rows import also_words, back_words, due_words, initials, why_words
from agentconsole.views.situation import Place, Situation

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


_ROOMY = 100
"""Columns from which on the header tells how one's own day goes."""


def draw(page: MainScreen, said: tuple[str, str] | None, warned: ConsoleError | None) -> None:
    """All of them."""
    finding = page.finding
    columns = page.app.size.width
    search = finding.search_title if finding.query or page.place is Place.SEARCH else ""
    current = "" if search else finding.view.id
    page.bar("header").show(_header(page, columns))
    if page.view_list.display:
        page.view_list.show_views(finding.views, finding.counts, current)
    if page.view_line.display:
        page.view_line.show_views(finding.views, finding.counts, current, search)
    _draw_list(page, search or finding.title)
    head = page.thread_head
    writing = page.composer is not None and page.composer.is_open
    head.show(*page.reading.head(head.size.width, writing=writing), [(DASH * 300, "line")])
    notice = page.bar("notice")
    if warned is not None:
        notice.show(
            [(_screen(warned.what), "late")],
            [(_screen(warned.do), "")],
        )
    notice.appear(warned is not None)
    draw_hints(page, said)
    draw_status(page)


def draw_status(page: MainScreen) -> None:
    """What goes on, and what is about to: nothing else is drawn."""
    about_to = [*page.changes.changing.progress(), *page.changes.undoing.countdown(), *page.live.outbox_words()]
    page.bar("status").show(Spread([(" ", ""), *page.live.status_line()], about_to))


def _header(page: MainScreen, columns: int) -> Spread:
    config, agent, counts = page.desk.config, page.desk.agent, page.finding.counts.get(ALL_OPEN.id)
    teams = [say(team.name, language()) for team in config.teams if team.id in agent.teams]
    left: Line = [
        (" agentconsole", "accent bold"),
        (DOT + steady(config.brand.name, one_line=True, limit=60), ""),
    ]
    name = steady(agent.name, one_line=True, limit=60)
    whos = (DOT.join([name, *(steady(team, one_line=True, limit=30) for team in teams)]), name, initials(name))
    right: Line = [*page.around.taking.words(), *page.around.notifying.words(), *page.around.approvals.words()]
    if counts is not None:
        right.append((ngettext("{n} open", "{n} open", counts.total).format(n=counts.total) + "  ", ""))
        if counts.late:
            right.append((ngettext("{n} late", "{n} late", counts.late).format(n=counts.late) + "  ", "late"))
    right.append((clock_time(page.listing.now, config.zone) + " ", "dim"))
    days = page.around.today.ways() if columns >= _ROOMY else []
    room = columns - line_width(left) - line_width(right) - 4
    left_over = next((way for way in page.gestures.left_words() if width(way) + 6 + width(whos[-1]) <= room), "")
    if left_over:
        right.insert(0, (left_over + "   ", "accent"))
        room -= width(left_over) + 3
    least = line_width(days[-1]) + 3 if days else 0
    who = next((who for who in whos if width(who) < room - least), whos[-1])
    left.append(("   " + who, "dim"))
    day = next((way for way in days if line_width(way) + 3 < room - width(who)), [])
    return Spread(left, [*day, ("   " if day else "", ""), *right])


def _draw_list(page: MainScreen, named: str) -> None:
    rows, finding = page.listing, page.finding
    title = page.bar("title")
    at = f"{rows.cursor + 1}/{len(rows.rows)}{'+' if rows.next else ''} " if rows.rows else ""
    marked = len(rows.marked)
    marks: Line = [(_("{n} marked").format(n=marked) + "  ", "accent bold")] if marked else []
    title.show(Spread([(named, "title")], [*marks, (at, "dim")]))
    empty, why = page.bar("empty"), page.bar("why")
    if rows.count():
        empty.appear(False)
    else:
        what, do = (_screen(text) for text in finding.empty)
        room = max(20, page.listing.size.width - 3)
        said = [(line, style) for text, style in ((what, "bold"), (do, "dim")) for line in wrap(text, room)]
        empty.show([], *([("  " + line, style)] for line, style in said))
        empty.appear(bool(what))
    why.show(Spread([(_why(page), "dim")], [] if title.display else marks))


def _why(page: MainScreen) -> str:
    """Why the row under the cursor stands where it does; where something else orders the rows, what is due."""
    row, finding = page.listing.current, page.finding
    if row is None:
        return ""
    also = DOT.join(filter(None, (back_words(row, page.desk), also_words(row, page.desk))))
    if finding.query or finding.view.order != "rank":
        return DOT.join(filter(None, (due_words(row, page.desk), also)))
    words = why_words(row, page.desk)
    if not words:
        return also
    said = _("why first: {why}") if page.listing.cursor == 0 else _("why here: {why}")
    return DOT.join(filter(None, (said.format(why=words), also)))


def _screen(text: str) -> str:
    """What an error says, safe to show and without the backticks that mark commands where it is printed."""
    return steady(text.replace("`", ""), one_line=True, limit=400)


def draw_hints(page: MainScreen, said: tuple[str, str] | None) -> None:
    """The keys that matter most where one is, or what was just said."""
    bar, columns = page.bar("hints"), page.app.size.width
    if said is not None:
        bar.show([(" " + cut(steady(said[0], one_line=True, limit=400), columns - 2), f"{said[1]} bold")])
        return
    place, situation = page.place, page.situation()
    hints: list[Line] = []
    if place is Place.SEARCH:
        hints.append([(key_words("enter") + " ", "accent"), (_("keeps what is found") + "  ", "dim")])
        hints.append([(key_words("escape") + " ", "accent"), (_("gives the view back") + "  ", "dim")])
        hints.append([(key_words("up") + " ", "accent"), (_("earlier searches") + "  ", "dim")])
    if situation.marked:
        shown = [BY_ID[name] for name in _MARKED]
    else:
        shown = [a for a in page.session.keymap.at(place) if place in a.hint and a.id not in _ENDS]
    hints += [_hint(page, action, situation) for action in shown if not action.why_not(situation)]
    ends = [_hint(page, BY_ID[name], situation) for name in _ENDS]
    bar.show([(" ", ""), *chosen_hints(hints, ends, columns - 1)])


_MARKED = (
    "mark", "mark_all", "resolve", "pending", "assign", "snooze", "tags", "priority", "escalate", "macro", "merge",
)  # fmt: skip
"""What the line of hints shows while rows are marked: what can be done to all of them."""
_ENDS = ("palette", "help")
"""At the end of every line of hints: they lead to all that the line has no room for."""


def chosen_hints(hints: Sequence[Line], ends: Sequence[Line], columns: int) -> Line:
    """As many hints as fit, the first two rather than ``ends``, those rather than all that follow."""
    used = 0
    chosen: set[int] = set()
    items = [*hints, *ends]
    for index in [*range(len(hints))[:2], *range(len(hints), len(items)), *range(len(hints))[2:]]:
        size = line_width(items[index])
        if used + size > columns + 2:  # the last two are blanks
            break
        chosen.add(index)
        used += size
    return [span for index in sorted(chosen) for span in items[index]]


def _hint(page: MainScreen, action: Action, situation: Situation) -> Line:
    keys = page.session.keymap.keys(action.id, situation.place)
    if not keys:
        return []
    return [(key_words(keys[0]) + " ", "accent"), (action.words(situation.writing) + "  ", "dim")]
