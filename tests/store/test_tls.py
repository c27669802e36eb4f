"""A desk on another machine: nobody is spoken to who cannot prove to be the server that is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from agentconsole.store.engine import address
from agentconsole.store.opening import open_desk
from tests.faults.server import Server
from tests.servers.tls import Certificates, make_certificates
from tests.servers.tls_relay import TlsRelay
from tests.store.opened import refused

NAME = "desk.fernlicht.example"
"""Not loopback by its name; ``hostaddr`` says where it is all the same, so that no name server is asked."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("authority"), NAME)


@pytest.fixture(scope="module")
def bare() -> Iterator[Server]:
    """A server without TLS, on a port of loopback."""
    made = Server()
    yield made
    made.close()


@pytest.fixture
def server(bare: Server, certificates: Certificates) -> Iterator[TlsRelay]:
    """The same, with a certificate in that name."""
    with TlsRelay(bare.port, certificates.server_context()) as relay:
        yield relay


def _named(server: Server | TlsRelay, name: str, **query: str) -> str:
    url = URL.create("postgresql", "postgres", host=name, port=server.port, database="postgres")
    return url.update_query_dict({"hostaddr": "127.0.0.1"} | query).render_as_string(hide_password=False)


def test_a_server_that_is_who_it_says(server: TlsRelay, certificates: Certificates, tmp_path: Path) -> None:
    store = open_desk(_named(server, NAME, sslrootcert=str(certificates.ca_file)), tmp_path)
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM conversation")).scalar_one() == 0
    assert server.secured > 0
    store.close()


def test_a_server_whose_certificate_is_in_another_name(
    server: TlsRelay, certificates: Certificates, tmp_path: Path
) -> None:
    told = refused(tmp_path, _named(server, "other.fernlicht.example", sslrootcert=str(certificates.ca_file)))
    assert "certificate that cannot be trusted" in told.what


def test_a_server_whose_authority_nobody_here_knows(server: TlsRelay, tmp_path: Path) -> None:
    """The system's authorities, where the address names none."""
    assert "certificate that cannot be trusted" in refused(tmp_path, _named(server, NAME)).what
    assert server.secured == 0


def test_an_authority_that_is_another_one(server: TlsRelay, tmp_path: Path) -> None:
    other = make_certificates(tmp_path, NAME)
    told = refused(tmp_path, _named(server, NAME, sslrootcert=str(other.ca_file)))
    assert "certificate that cannot be trusted" in told.what


def test_a_server_that_offers_no_tls(bare: TlsRelay, certificates: Certificates, tmp_path: Path) -> None:
    told = refused(tmp_path, _named(bare, NAME, sslrootcert=str(certificates.ca_file)))
    assert "offers no TLS" in told.what


@pytest.mark.parametrize(
    "desk",
    [
        "postgresql://lea@desk.example/desk",
        "postgresql://lea@192.0.2.7/desk",
        "postgresql://lea@/desk?host=desk.example",
        "postgresql://lea@localhost/desk?hostaddr=192.0.2.7",
        "postgresql://lea@/desk?host=localhost,desk.example",
        "postgresql:///desk?service=care",
    ],
)
def test_off_loopback_the_server_must_prove_itself(desk: str, tmp_path: Path) -> None:
    url = address(desk, tmp_path)
    assert (url.query["sslmode"], url.query["sslrootcert"]) == ("verify-full", "system")


@pytest.mark.parametrize(
    "desk",
    [
        "postgresql://lea@localhost/desk",
        "postgresql://lea@127.0.0.1:5433/desk",
        "postgresql://lea@[::1]/desk",
        "postgresql:///desk",
        "postgresql:///desk?host=/run/postgresql",
    ],
)
def test_on_this_machine_it_need_not(desk: str, tmp_path: Path) -> None:
    assert "sslmode" not in address(desk, tmp_path).query


def test_a_host_of_the_environment_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "desk.example")
    assert address("postgresql:///desk", tmp_path).query["sslmode"] == "verify-full"
    assert "sslmode" not in address("postgresql://localhost/desk", tmp_path).query


def test_what_the_address_says_holds(tmp_path: Path) -> None:
    said = address("postgresql://desk.example/desk?sslrootcert=/etc/care.pem", tmp_path).query
    assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", "/etc/care.pem")
    assert address("postgresql://desk.example/desk?sslmode=require", tmp_path).query["sslmode"] == "require"
