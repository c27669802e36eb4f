"""The page's bars: header, title, why first, thread head, notice, hints, status. Drawn where they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconsole.config.values import say
from agentconsole.errors import ConsoleError
from agentconsole.i18n import _, clock_time, language
from agentconsole.views.acts.finding import ALL_OPEN
from agentconsole.views.foreign import steady
from agentconsole.views.keys import key_words
from agentconsole.views.layout import DASH, DOT, Line, Spread, cut, line_width, width
from agentconsole.views.rows import initials, why_words
from agentconsole.views.situation import Place

if TYPE_CHECKING:
    from agentconsole.views.main import MainScreen


def draw(page: MainScreen, said: tuple[str, str] | None, warned: ConsoleError | None) -> None:
    """All of them."""
    finding = page.finding
    columns = page.app.size.width
    page.bar("header").show(_header(page, columns))
    if page.view_list.display:
        page.view_list.show_views(finding.views, finding.counts, finding.view.id)
    if page.view_line.display:
        page.view_line.show_views(finding.views, finding.counts, finding.view.id)
    _draw_list(page)
    head = page.thread_head
    writing = page.composer is not None and page.composer.is_open
    head.show(*page.reading.head(head.size.width, writing=writing), [(DASH * 300, "line")])
    notice = page.bar("notice")
    if warned is not None:
        notice.show(
            [(steady(warned.what, one_line=True, limit=400), "late")],
            [(steady(warned.do, one_line=True, limit=400), "")],
        )
    notice.appear(warned is not None)
    draw_hints(page, said)
    outbox, status = page.live.outbox_words(), page.live.status_line()
    page.bar("status").show(Spread([(" ", ""), *status], outbox))


def _header(page: MainScreen, columns: int) -> Spread:
    config, agent, counts = page.desk.config, page.desk.agent, page.finding.counts.get(ALL_OPEN.id)
    teams = [say(team.name, language()) for team in config.teams if team.id in agent.teams]
    left: Line = [
        (" agentconsole", "accent bold"),
        (DOT + steady(config.brand.name, one_line=True, limit=60), ""),
    ]
    name = steady(agent.name, one_line=True, limit=60)
    whos = (DOT.join([name, *(steady(team, one_line=True, limit=30) for team in teams)]), name, initials(name))
    right: Line = []
    if counts is not None:
        right.append((_("{n} open").format(n=counts.total) + "  ", ""))
        if counts.late:
            right.append((_("{n} late").format(n=counts.late) + "  ", "late"))
    right.append((clock_time(page.listing.now, config.zone) + " ", "dim"))
    room = columns - line_width(left) - line_width(right) - 4
    left.append(("   " + next((who for who in whos if width(who) < room), whos[-1]), "dim"))
    return Spread(left, right)


def _draw_list(page: MainScreen) -> None:
    rows, finding = page.listing, page.finding
    title = page.bar("title")
    at = f"{rows.cursor + 1}/{len(rows.rows)}{'+' if rows.next else ''} " if rows.rows else ""
    title.show(Spread([(finding.title, "title")], [(at, "dim")]))
    empty, why = page.bar("empty"), page.bar("why")
    if rows.count():
        empty.appear(False)
    else:
        what, do = finding.empty
        empty.show([], [("  " + what, "bold")], [("  " + do, "dim")])
        empty.appear(bool(what))
    row = rows.current
    words = why_words(row, page.desk) if row else ""
    why.show(Spread([(_("why first: {why}").format(why=words) if words else "", "dim")]))


def draw_hints(page: MainScreen, said: tuple[str, str] | None) -> None:
    """The keys that matter most where one is, or what was just said."""
    bar, columns = page.bar("hints"), page.app.size.width
    if said is not None:
        bar.show([(" " + cut(steady(said[0], one_line=True, limit=400), columns - 2), f"{said[1]} bold")])
        return
    place, situation = page.place, page.situation()
    line: Line = [(" ", "")]
    ends = _hint(page, place, "palette") + _hint(page, place, "help")
    if place is Place.SEARCH:
        line += [
            ("enter ", "accent"),
            (_("keeps what is found"), "dim"),
            ("  esc ", "accent"),
            (_("gives the view back") + "  ", "dim"),
        ]
    for action in page.session.keymap.at(place):
        if place not in action.hint or action.id in ("palette", "help") or action.why_not(situation):
            continue
        item = _hint(page, place, action.id)
        if line_width(line) + line_width(item) + line_width(ends) > columns:
            break
        line += item
    bar.show([*line, *ends])


def _hint(page: MainScreen, place: Place, action_id: str) -> Line:
    from agentconsole.views.actions import BY_ID

    keys = page.session.keymap.keys(action_id, place)
    if not keys or place not in BY_ID[action_id].places:
        return []
    return [(key_words(keys[0]) + " ", "accent"), (_(BY_ID[action_id].label) + "  ", "dim")]
