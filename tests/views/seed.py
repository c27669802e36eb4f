"""A small desk for the tests of the interface: ordinary customers, and some who mean harm."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from agentconsole.config import Config, Notify, State, parse
from agentconsole.desk import handling, intake, replies, triage
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.desk.search import search
from agentconsole.model.message import Address, Attachment, Incoming
from agentconsole.store.opening import open_desk
from tests.support.new_desk import new_desk

CONFIG = """
desk = "desk.sqlite"
own = "own"
agent = "lea"
language = "en"
[brand]
name = "Sosh care"
[hours]
zone = "Europe/Paris"
mon = "00:00-24:00"
tue = "00:00-24:00"
wed = "00:00-24:00"
thu = "00:00-24:00"
fri = "00:00-24:00"
sat = "00:00-24:00"
sun = "00:00-24:00"
[[teams]]
id = "instant"
name = { en = "instant", fr = "instantané" }
[[agents]]
id = "lea"
name = "Léa Martin"
teams = ["instant"]
[[agents]]
id = "omar"
name = "Omar Benali"
teams = ["instant"]
[[sla]]
acknowledge = "1h"
reply = "4h"
resolve = "48h"
[[boosts]]
name = "public"
minutes = 30
public = true
[[boosts]]
name = { en = "urgent words", fr = "mots urgents" }
minutes = 20
words = ["panne", "urgent"]
[[views]]
id = "all"
name = { en = "To do", fr = "À traiter" }
[[views]]
id = "mine"
name = { en = "Mine", fr = "Les miennes" }
assignee = "me"
[[views]]
id = "late"
name = { en = "Late", fr = "En retard" }
clock = ["late"]
[[views]]
id = "waiting"
name = { en = "Waiting for the customer", fr = "Client attendu" }
states = ["pending", "snoozed"]
order = "updated"
[[views]]
id = "resolved"
name = { en = "Resolved", fr = "Résolues" }
states = ["resolved"]
order = "updated"
[[channels]]
id = "mail"
kind = "email"
medium = "mail"
user = "care@sosh.example"
imap_host = "mail.sosh.example"
smtp_host = "mail.sosh.example"
[[channels]]
id = "x-sosh"
kind = "email"
medium = "x"
public = true
user = "x@sosh.example"
imap_host = "mail.sosh.example"
smtp_host = "mail.sosh.example"
[[channels]]
id = "wa"
kind = "email"
medium = "whatsapp"
user = "wa@sosh.example"
imap_host = "mail.sosh.example"
smtp_host = "mail.sosh.example"
"""

PEOPLE = (
    (
        "Camille Durand",
        "Panne depuis hier",
        "Bonjour, je n'ai plus de connexion depuis hier soir. Pouvez-vous m'aider ?",
        "x-sosh",
    ),
    (
        "Ben K.",
        "Où est mon colis ?",
        "Hello, my parcel was due on Monday and nobody rang. Where is it?",
        "wa",
    ),
    (
        "Paul Roy",
        "Facture de mars",
        "Bonjour,\n\nJe ne comprends pas la facture de mars : 12 € de plus que d'habitude.\n\nCordialement",
        "mail",
    ),
    (
        "Ingrid Sørensen",
        "Router keeps rebooting",
        "It reboots every night at three. I work from home, this is urgent.",
        "mail",
    ),
    (
        "山田 太郎",
        "請求書について",
        "先月の請求書が届いていません。ご確認いただけますか。よろしくお願いいたします。",
        "mail",
    ),
    ("Amélie Noël", "Résiliation", "Je souhaite résilier ma ligne au 31. Merci de confirmer.", "mail"),
    ("Zoë Lefèvre 👩‍🚀", "Merci !", "Parfait, tout marche. Merci beaucoup 🎉", "wa"),
    ("Tom", "", "ça marche pas", "x-sosh"),
)

ESC = "\x1b"
HOSTILE = (
    "plain [red]not red[/red] [@click=app.quit]click me[/] [bold",
    f"{ESC}[31mred{ESC}[0m {ESC}]0;owned{ESC}\\ {ESC}]52;c;ZXZpbA=={ESC}\\ {ESC}[2J{ESC}[10;10Hmoved \x07bell",
    "C1 \x9b31m \x9d0;owned\x9c \x84 \x90q\x9c end",
    "bidi \u202eevil\u202c \u2066iso\u2069 \u200fmark",
    "zalgo Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324 e\u0301",
    "wide 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "zero\u200bwidth\ufeff and \u3164filler and \ue000private",
    "del \x7f nul \x00 bs \x08\x08\x08 cr over\rwrite tab\tstop",
    "[link=https://evil.example]link[/link] {curly} $HOME `id` %s {0}",
    f"{ESC}P1;1|17/payload{ESC}\\ {ESC}_Gi=1;AAAA{ESC}\\ {ESC}^pm{ESC}\\",
)


def incoming(index: int, name: str, subject: str, text: str, at: datetime, **more: object) -> Incoming:
    """A message of a customer's."""
    value = f"customer{index}@example.org"
    return Incoming(
        f"m{index}-{at.timestamp()}",
        at,
        Address(value, name),
        subject,
        text,
        text.encode("utf-8", "replace"),
        **more,
    )  # type: ignore[arg-type]  # (Incoming's own names)


def _ordinary(now: datetime, size: int) -> Iterator[tuple[str, Incoming]]:
    for index in range(size):
        name, subject, text, channel = PEOPLE[index % len(PEOPLE)]
        label = f"{name} {index}" if index >= len(PEOPLE) else name
        at = now - timedelta(minutes=7 + index * 13)
        more: dict[str, object] = {}
        if index % 8 == 2:
            more["quoted"] = "On Monday you wrote:\n> Bonjour,\n> voici votre facture."
            more["signature"] = "-- \nPaul Roy\n12 rue des Lilas"
            more["attachments"] = (Attachment("facture-mars.pdf", "application/pdf", b"%PDF-1.4 " + b"x" * 34000),)
        yield channel, incoming(index, label, subject, text, at, public=channel == "x-sosh", **more)


def _hostile(now: datetime) -> Iterator[tuple[str, Incoming]]:
    for index, text in enumerate(HOSTILE):
        at = now - timedelta(minutes=2, seconds=index)
        file = Attachment(f"a[red]{index}.pdf", "text/[bold]x", b"x")
        yield "mail", incoming(
            9000 + index, f"Eve {text}", f"S {text}", f"T {text}\n{text}", at,
            quoted=f"> {text}", signature=f"-- {text}", attachments=(file,), warnings=(f"W {text}",),
        )  # fmt: skip


def config() -> Config:
    """The desk's configuration."""
    return parse(CONFIG, "agentconsole.toml")


def open_seeded(folder: Path, size: int = 8, *, hostile: bool = False, agent: str = "lea") -> Desk:
    """A desk in that folder, filled where it is new."""
    settings = config()
    if not (folder / "desk.sqlite").exists():
        for place, content in _filled(size, hostile, int(time.monotonic() / _FRESH)).items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(content)
        (folder / "agentconsole.toml").write_text(CONFIG, encoding="utf-8")
    return Desk(open_desk(settings.desk, folder), settings, who_am_i(settings, agent), folder)


_FRESH = 60.0
"""Seconds for which a filled desk is copied: its customers wrote some minutes before it was filled."""


@lru_cache(8)
def _filled(size: int, hostile: bool, _minute: int) -> dict[Path, bytes]:
    """A filled desk's files, its attachments among them; filling takes longer than most tests."""
    settings = config()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        new_desk(folder)
        desk = Desk(open_desk(settings.desk, folder), settings, who_am_i(settings, "lea"), folder)
        fill(desk, size, hostile=hostile)
        desk.store.close()
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def arrive(desk: Desk, channel: str, *messages: Incoming) -> None:
    """Messages arrive on a channel."""
    settings = desk.config.channel(channel)
    assert settings is not None
    with desk.store.write() as connection:
        intake.store(connection, desk, settings, messages)


def second_matter(desk: Desk) -> int:
    """Another conversation of Paul Roy's; answers the number of his first one."""
    arrive(desk, "mail", incoming(2, "Paul Roy", "Second matter", "Encore une question.", datetime.now(UTC)))
    return next(row.number for row in search(desk, "Paul Roy").rows if row.subject == "Facture de mars")


def fill(desk: Desk, size: int, *, hostile: bool) -> None:
    """Customers write."""
    now = datetime.now(UTC)
    by_channel: dict[str, list[Incoming]] = {}
    for channel, message in [*_ordinary(now, size), *(_hostile(now) if hostile else ())]:
        by_channel.setdefault(channel, []).append(message)
    for channel, messages in by_channel.items():
        for begin in range(0, len(messages), 500):
            arrive(desk, channel, *messages[begin : begin + 500])
    by_name = {row.customer: row.number for row in triage.page(desk, desk.config.views[0], limit=100_000).rows}
    if size >= 8:
        handling.assign(desk, by_name["Paul Roy"], "lea")
        handling.assign(desk, by_name["Ben K."], "omar")
        replies.note(desk, by_name["Camille Durand"], "Already wrote on 12 Nov.")
    if size >= 40:
        for number in range(20, 30):
            handling.set_state(desk, number, State.RESOLVED)


def run() -> int:
    """``python -m tests.views.seed FOLDER [SIZE] [--hostile] [--fr] [--osc9]``: the console on it, without channels."""
    from agentconsole import i18n
    from agentconsole.views.app import run as run_console

    folder, *rest = sys.argv[1:]
    words = [word for word in rest if not word.startswith("--")]
    i18n.use("fr" if "--fr" in rest else "en")
    Path(folder).mkdir(parents=True, exist_ok=True)
    desk = open_seeded(Path(folder), int(words[0]) if words else 8, hostile="--hostile" in rest)
    if "--osc9" in rest:
        desk = replace(desk, config=desk.config.model_copy(update={"notify": Notify(how="osc9")}))
    return run_console(desk, sync=False)


if __name__ == "__main__":
    sys.exit(run())
