"""The service with its own database role: it pulls, delivers and keeps house; an agent's login does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentconsole.cli import main
from agentconsole.config import ChannelSettings
from agentconsole.desk import conversations, delivery, replies
from agentconsole.desk.chores import CHORES
from agentconsole.sync import Service
from agentconsole.sync.house import House
from agentconsole.sync.tally import Tally
from tests.incoming import everything
from tests.support.post_office import Office
from tests.team.conftest import Team


def _channels(team: Team, office: Office) -> tuple[ChannelSettings, ...]:
    mail = team.config.channel("mail")
    assert mail
    return (ChannelSettings.model_validate({**mail.model_dump(), "url": office.url, "asks": "finds"}),)


def test_it_pulls_delivers_and_keeps_house(team: Team, office: Office) -> None:
    office.writes("hello")
    service = Service(team.sync(), channels=_channels(team, office))
    assert service.once() == (1, 0, [])
    lea = team.as_("lea")
    (row,) = everything(lea)
    replies.reply(lea, row.number, "answer")
    assert service.once() == (0, 1, [])
    assert not delivery.undelivered(lea)
    assert [reply["text"].split("\n")[0] for reply in office.taken] == ["answer"]
    assert "sent" in {event.kind for event in conversations.trail(lea, row.number)}
    service.pulse.beat()
    assert service.pulse.look()
    service.stop()


def test_every_chore_is_its_to_do(team: Team) -> None:
    tally = Tally()
    House(team.sync(), tally).once()
    assert tally.of("chores") == {(chore.name, "done"): 1 for chore in CHORES}


def _configured(team: Team, office: Office, folder: Path, who: str) -> Path:
    folder.mkdir()
    path = folder / "agentconsole.toml"
    path.write_text(
        f'desk = "{team.address(who)}"\n'
        f'channels = [{{ id = "mail", kind = "post", medium = "mail", url = "{office.url}" }}]\n',
        encoding="utf-8",
    )
    return path


def test_the_verb_runs_as_the_service_and_as_nobody_else(
    team: Team, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.writes("hello")
    assert main(["sync", "--once", "--config", str(_configured(team, office, tmp_path / "service", "sync"))]) == 0
    assert capsys.readouterr().out.startswith("1 new message, 0 replies")
    for who in ("lea", "sam"):
        assert main(["sync", "--once", "--config", str(_configured(team, office, tmp_path / who, who))]) == 2
        said = capsys.readouterr().err
        assert f"This login is the agent {who}" in said
        assert "desk service add" in said


def test_check_says_who_pulls(team: Team, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--config", str(_configured(team, office, tmp_path / "service", "sync"))])
    assert "agent: sync" in capsys.readouterr().out
    main(["check", "--config", str(_configured(team, office, tmp_path / "lea", "lea"))])
    assert "the service pulls it" in capsys.readouterr().out
