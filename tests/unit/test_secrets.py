"""Where passwords are kept and found: keyring, private file, environment."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from agentconsole import secrets
from agentconsole.errors import SecretError
from agentconsole.secrets import ask_secret, find_secret, forget_secret, store_secret, where_secret


class MemoryKeyring(KeyringBackend):
    """A keyring as a desktop offers one, in memory."""

    priority = 5.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it untyped
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class OpenKeyring(MemoryKeyring):
    """One that keeps passwords in the open: keyring ranks those below 1."""

    priority = 0.5


class LockedKeyring(MemoryKeyring):
    """One that is locked and fails."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


class SilentKeyring(MemoryKeyring):
    """One that waits for a prompt which nobody sees."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.over = Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self.over.wait(60)
        return None


# keyring notes every backend that is defined, and would take these for the machine's own in other tests.
KeyringBackend._classes.difference_update({MemoryKeyring, OpenKeyring, LockedKeyring, SilentKeyring})


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No keyring, no file and no variable of whoever runs the tests."""
    before = keyring.get_keyring()
    keyring.set_keyring(OpenKeyring())
    secrets._silent_keyring.clear()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in [name for name in os.environ if name.startswith("AGENTCONSOLE_SECRET_")]:
        monkeypatch.delenv(name)
    yield
    keyring.set_keyring(before)
    secrets._silent_keyring.clear()


def private(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_there_is_none(tmp_path: Path) -> None:
    assert find_secret("mail", tmp_path) is None
    assert where_secret("mail", tmp_path) is None
    assert forget_secret("mail", tmp_path) == []


def test_keyring_then_file_then_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTCONSOLE_SECRET_MAIL_FR_2", "of the environment")
    assert find_secret("mail-fr.2", tmp_path) == "of the environment"
    assert where_secret("mail-fr.2", tmp_path) == "the variable AGENTCONSOLE_SECRET_MAIL_FR_2"
    of_user = private(tmp_path / "config" / "agentconsole" / "secrets.toml", "'mail-fr.2' = 'of the user'")
    assert find_secret("mail-fr.2", tmp_path) == "of the user"
    assert where_secret("mail-fr.2", tmp_path) == str(of_user)
    beside = private(tmp_path / "secrets.toml", "[mail-fr.2]\npassword = 'beside'")
    assert find_secret("mail-fr.2", tmp_path) == "beside"
    assert where_secret("mail-fr.2", tmp_path) == str(beside)
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    ring.set_password("agentconsole", "mail-fr.2", "of the keyring")
    assert find_secret("mail-fr.2", tmp_path) == "of the keyring"
    assert where_secret("mail-fr.2", tmp_path) == "the keyring"


def test_a_table_of_the_file(tmp_path: Path) -> None:
    private(tmp_path / "secrets.toml", "[mail]\npassword = 'pass'\n[other]\nuser = 'me'")
    assert find_secret("mail", tmp_path) == "pass"
    assert find_secret("other", tmp_path) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o622])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    private(tmp_path / "secrets.toml", "mail = 'hunter2'", mode)
    with pytest.raises(SecretError, match=f"{mode:04o}") as caught:
        find_secret("mail", tmp_path)
    assert "chmod 600" in caught.value.do
    with pytest.raises(SecretError):
        where_secret("mail", tmp_path)


def test_a_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    kept = private(tmp_path / "elsewhere" / "kept.toml", "mail = 'pass'")
    (tmp_path / "secrets.toml").symlink_to(kept)
    assert find_secret("mail", tmp_path) == "pass"
    kept.chmod(0o644)
    with pytest.raises(SecretError, match="can be read by others"):
        find_secret("mail", tmp_path)
    kept.unlink()
    with pytest.raises(SecretError, match="cannot be read"):
        find_secret("mail", tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else_is_refused(tmp_path: Path) -> None:
    path = private(tmp_path / "secrets.toml", "mail = 'pass'")
    os.chown(path, 65534, 65534)
    with pytest.raises(SecretError, match="belongs to somebody else"):
        find_secret("mail", tmp_path)
    os.chown(path, 0, 0)
    link = tmp_path / "below" / "secrets.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(SecretError, match="belongs to somebody else"):
        find_secret("mail", link.parent)


def test_what_is_no_file_is_refused_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secrets.toml", 0o600)
    with pytest.raises(SecretError, match="not a file"):
        find_secret("mail", tmp_path)


@pytest.mark.parametrize("text", ["mail = hunter2", "mail = 'hunter2", "mail = 5", "mail = ''", "mail = ['hunter2']"])
def test_a_damaged_file_is_told_without_what_it_holds(tmp_path: Path, text: str) -> None:
    private(tmp_path / "secrets.toml", text)
    with pytest.raises(SecretError) as caught:
        find_secret("mail", tmp_path)
    assert "hunter" not in str(caught.value)
    assert caught.value.do
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_usable_keyring_keeps_it(tmp_path: Path) -> None:
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    assert store_secret("mail", "pass", tmp_path) == "the keyring"
    assert ring.kept == {("agentconsole", "mail"): "pass"}
    assert list(tmp_path.iterdir()) == []
    assert forget_secret("mail", tmp_path) == ["the keyring"]
    assert find_secret("mail", tmp_path) is None


@pytest.mark.parametrize("unusable", [OpenKeyring, LockedKeyring])
def test_without_a_usable_keyring_a_private_file_keeps_it(tmp_path: Path, unusable: type[MemoryKeyring]) -> None:
    keyring.set_keyring(unusable())
    path = tmp_path / "secrets.toml"
    before = os.umask(0)
    try:
        assert store_secret("mail", 'p"a\\s\ns', tmp_path) == str(path)
        assert store_secret("mail.fr", "other", tmp_path) == str(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secrets.toml"]
    assert find_secret("mail", tmp_path) == 'p"a\\s\ns'
    assert find_secret("mail.fr", tmp_path) == "other"
    assert forget_secret("mail", tmp_path) == [str(path)]
    assert find_secret("mail", tmp_path) is None
    assert find_secret("mail.fr", tmp_path) == "other"


def test_a_file_that_a_person_wrote_is_not_rewritten(tmp_path: Path) -> None:
    path = private(tmp_path / "secrets.toml", "# the shop's\nmail = 'old'\n")
    for change in (lambda: store_secret("mail", "new", tmp_path), lambda: forget_secret("mail", tmp_path)):
        with pytest.raises(SecretError, match="written by hand"):
            change()
    assert path.read_text() == "# the shop's\nmail = 'old'\n"


def test_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(SecretError, match="cannot be written"):
        store_secret("mail", "pass", tmp_path / "a-file" / "below")
    with pytest.raises(SecretError, match="empty"):
        store_secret("mail", "", tmp_path)


def test_a_keyring_that_does_not_answer_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_patience", lambda: 0.05)
    silent = SilentKeyring()
    keyring.set_keyring(silent)
    private(tmp_path / "secrets.toml", "mail = 'of the file'")
    try:
        assert find_secret("mail", tmp_path) == "of the file"
        assert find_secret("mail", tmp_path) == "of the file"
        assert silent.asked == 1
    finally:
        silent.over.set()


def test_standard_input_gives_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(" pass word \nmore\n"))
    assert ask_secret("mail") == " pass word "
