"""Behind a reverse proxy, set up as docs/serve.md says: the real nginx and Caddy, each from its example there."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import unused_port

from agentconsole.serving.doors import Passwords
from tests.servers.tls import Certificates, make_certificates
from tests.serving.conftest import PATIENCE, Served, Visitor

pytestmark = pytest.mark.servers
NAME = "care.example"
DOC = Path(__file__).parents[2] / "docs" / "serve.md"


def example(begins: str, *changes: tuple[str, str]) -> str:
    """An example of the manual, with what differs here: each of the changes must be in it."""
    (found,) = (block for block in re.findall(r"```\w*\n(.*?)```", DOC.read_text(), re.S) if block.startswith(begins))
    for written, here in changes:
        assert found.count(written) == 1, (written, found)
        found = found.replace(written, here)
    return str(found)


def nginx(folder: Path, port: int, behind: int, has: Certificates) -> list[str]:
    """nginx's command. Around the example stands what a distribution's own nginx.conf has."""
    server = example(
        "server {",
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("127.0.0.1:8765", f"127.0.0.1:{behind}"),
        (f"/etc/ssl/{NAME}.pem", str(has.cert_file)), (f"/etc/ssl/{NAME}.key", str(has.key_file)),
    )  # fmt: skip
    places = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder / 'nginx.pid'};\nevents {{}}\n"
        f"http {{\naccess_log off; client_body_temp_path {folder / 'body'};\n{places}{server}}}\n"
    )
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, behind: int, has: Certificates) -> list[str]:
    """Caddy's command. It gets no certificate by itself here, and listens nowhere else."""
    site = example(
        f"{NAME} {{",
        (f"{NAME} {{", f"{NAME}:{port} {{\nbind 127.0.0.1\ntls {has.cert_file} {has.key_file}"),
        ("127.0.0.1:8765", f"127.0.0.1:{behind}"),
    )  # fmt: skip
    (folder / "Caddyfile").write_text(f"{{\nadmin off\nauto_https disable_redirects\n}}\n{site}")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


class Here(AbstractResolver):
    """Every name is this machine's."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See aiohttp."""
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
async def behind(
    request: pytest.FixtureRequest, serving: Callable[..., object], locked: Passwords, tmp_path: Path
) -> AsyncIterator[Visitor]:
    """Somebody at a site behind a proxy, on which all rests: address, certificate and what is passed on."""
    made, port = request.param, unused_port()
    if shutil.which(made.__name__) is None:
        pytest.skip(f"{made.__name__} is not installed")
    public, has = f"https://{NAME}:{port}", make_certificates(tmp_path, NAME)
    served: Served = await serving(locked, public=public, proxied=True)  # type: ignore[misc]  # (a coroutine function)
    environment = {**os.environ, "HOME": str(tmp_path)}
    with (tmp_path / "proxy.log").open("wb") as log:
        command = made(tmp_path, port, served.port, has)
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        await _listens(port, process, tmp_path / "proxy.log")
        trusts = ssl.create_default_context(cafile=has.ca_file)
        connector = aiohttp.TCPConnector(resolver=Here(), ssl=trusts)
        async with aiohttp.ClientSession(connector=connector) as own:
            yield Visitor(public, public, own)
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.poll() is None, log.read_text()
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def test_the_manuals_proxies_pass_on_all_that_it_needs(behind: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    status, _page, answer = await behind.get("/login")
    assert status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    # What a browser itself says of where it comes from is not believed: only what the proxy adds to it.
    assert await behind.log_in(X_Forwarded_For="203.0.113.9") == 303
    assert "lea logged in from 127.0.0.1" in caplog.text
    held = {cookie.key: cookie for cookie in behind.own.cookie_jar}
    cookie = held["__Host-agentconsole"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Strict", "/")

    async with behind.socket() as console:
        await console.send_json(["stdin", "é" * 100_000 + "the end"])
        heard = ""
        async with asyncio.timeout(PATIENCE):
            while "the end" not in heard:
                heard += (await console.receive_bytes()).decode("utf-8", "ignore")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await behind.socket(Origin="https://evil.example")
    assert refused.value.status == 403
    assert (await behind.get("/", Host="evil.example"))[1].count("terminal") == 0
