"""What is said when a mailbox cannot be read, and what `agentconsole check` finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentconsole.channels.email import Settings, open_channel
from agentconsole.config import ChannelSettings
from agentconsole.errors import ChannelError, ConfigError, LoginRefused
from tests.channels.email.mails import ids, mail
from tests.servers.dovecot import Dovecot, free_ports
from tests.servers.smtp import silent_port
from tests.servers.tls import make_certificates

pytestmark = pytest.mark.servers
Place = Any


def test_a_refused_login_is_said_with_the_servers_words(place: Place) -> None:
    with pytest.raises(LoginRefused, match=r"refused the login of care.*Authentication failed") as caught:
        place.open(secret="wrong").pull(None, 1)
    assert "password" in caught.value.do
    assert "wrong" not in str(caught.value)


def test_without_a_password_nothing_is_tried(place: Place) -> None:
    settings = {
        "id": "mail",
        "kind": "email",
        "user": "a@b.example",
        "imap_host": "i.invalid",
        "smtp_host": "s.invalid",
    }
    with pytest.raises(LoginRefused, match="no password for mail"):
        open_channel(ChannelSettings.model_validate(settings), None, Path()).pull(None, 1)


def test_passwords_beyond_ascii(place: Place) -> None:
    with pytest.raises(LoginRefused, match="refused the login"):
        place.open(secret="pässwörd").pull(None, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_verified(place: Place, tmp_path: Path, security: str) -> None:
    server = place.server
    place.append(mail(1))
    port = server.imaps_port if security == "tls" else server.imap_port
    how = {"imap_security": security, "imap_port": port}
    good = place.open(ca_file=str(server.certificates.ca_file), **how)
    assert ids(good.pull(None, 1)) == ["1"]
    other = make_certificates(tmp_path)
    for ca_file in (str(other.ca_file), None):
        with pytest.raises(ChannelError, match=r"certificate of 127\.0\.0\.1.* cannot be trusted") as caught:
            place.open(ca_file=ca_file, **how).pull(None, 1)
        assert "ca_file" in caught.value.do


def test_a_certificate_of_another_name_is_refused(
    start_dovecot: Callable[..., Dovecot], place_on: Callable[[Dovecot], Place]
) -> None:
    server = start_dovecot(names=("imap.other.example",))
    place, ca_file = place_on(server), str(server.certificates.ca_file)
    with pytest.raises(ChannelError, match=r"not valid for '127\.0\.0\.1'") as caught:
        place.open(imap_security="tls", imap_port=server.imaps_port, ca_file=ca_file).pull(None, 1)
    assert "imap_host" in caught.value.do


def test_tls_spoken_to_a_port_without_it(place: Place) -> None:
    with pytest.raises(ChannelError) as caught:
        place.open(imap_security="tls").pull(None, 1)
    assert "imap_security" in caught.value.do


def test_nobody_listens_or_answers(place: Place) -> None:
    with pytest.raises(ChannelError, match="refused the connection") as caught:
        place.open(imap_port=free_ports(1)[0]).pull(None, 1)
    assert "imap_port" in caught.value.do
    with silent_port() as sock, pytest.raises(ChannelError, match="did not answer within 1 s"):
        place.open(imap_port=sock.getsockname()[1], timeout=1).pull(None, 1)


def test_an_unknown_host(place: Place) -> None:
    with pytest.raises(ChannelError, match=r"imap\.brand\.invalid was not found") as caught:
        place.open(imap_host="imap.brand.invalid", imap_security="tls").pull(None, 1)
    assert "imap_host" in caught.value.do


def test_a_missing_folder_is_named_with_those_there_are(place: Place) -> None:
    with pytest.raises(ChannelError, match="There is no folder Réclam in the mailbox") as caught:
        place.open(folders=["Réclam"]).pull(None, 1)
    assert re.search(r"there are: .*INBOX", caught.value.do)


# Settings and check


def test_check_says_what_is_good_and_what_is_not(place: Place, start_smtp: Callable[..., Any]) -> None:
    smtp = start_smtp()
    place.append(mail(1))
    before = place.messages()
    findings = place.open(smtp_port=smtp.port, smtp_user=smtp.user, folders=["INBOX", "Nowhere"]).check()
    seen = {finding.what: finding for finding in findings}
    assert [finding.good for finding in findings] == [True, True, False, True, True]
    assert "1 message" in seen["folder INBOX"].seen
    assert "no folder Nowhere" in seen["folder Nowhere"].seen
    assert place.messages() == before
    assert smtp.taken == []
    failing = place.open(secret="wrong", smtp_port=smtp.port, smtp_user=smtp.user).check()
    assert [finding.good for finding in failing] == [False, False]
    assert all(finding.do for finding in failing)


def test_settings_refuse_an_unencrypted_line_to_elsewhere() -> None:
    given = {"user": "a@b.example", "imap_host": "imap.b.example", "smtp_host": "127.0.0.1"}
    with pytest.raises(ValueError, match="imap_security"):
        Settings.model_validate(given | {"imap_security": "none"})
    assert Settings.model_validate(given | {"imap_security": "none", "allow_plain": True}).imap_at == 143
    assert Settings.model_validate(given | {"smtp_security": "none"}).smtp_at == 25


def test_settings_refuse_what_they_do_not_know(place: Place) -> None:
    with pytest.raises(ConfigError, match="did you mean 'folders'"):
        place.open(folder=["INBOX"])
    with pytest.raises(ConfigError, match="ca_file"):
        place.open(ca_file="nowhere.pem")
