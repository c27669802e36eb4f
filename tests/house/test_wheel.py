"""What `pip install .` gives: the same console, with its catalogues, macros and starting configuration."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's contents, as an installation has them."""
    built = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "-w",
        str(built),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (wheel,) = built.glob("*.whl")
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "agentconsole", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_catalogues_and_shared_files_are_in_the_wheel(installed: Path) -> None:
    package = installed / "agentconsole"
    assert (package / "locale" / "fr" / "LC_MESSAGES" / "agentconsole.mo").is_file()
    assert (package / "share" / "agentconsole.toml").read_bytes() == (ROOT / "agentconsole.toml").read_bytes()
    assert {path.relative_to(ROOT / "macros") for path in ROOT.glob("macros/*/*.toml")} == {
        path.relative_to(package / "share" / "macros") for path in (package / "share" / "macros").glob("*/*.toml")
    }
    assert not list(package.rglob("*.po"))


def test_an_installed_console_makes_a_desk_and_reads_it(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "init").returncode == 0
    listed = run(installed, tmp_path, "views")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Mine" in listed.stdout
    again = run(installed, tmp_path, "init")
    assert again.returncode != 0
    assert "Traceback" not in again.stderr
