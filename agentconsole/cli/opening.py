"""From options to an open desk."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from agentconsole import i18n
from agentconsole.channels.base import settings_model
from agentconsole.config import FILE_NAME, Agent, Config, find, load, problems_of
from agentconsole.desk import policies, rules
from agentconsole.desk.context import SERVICE, Desk, who_am_i
from agentconsole.errors import ConfigError, UsageError
from agentconsole.store.opening import open_desk


def read_config(options: argparse.Namespace) -> tuple[Config, Path]:
    """The configuration and its file; from here on the program speaks its language.

    With ``--desk`` there need be no file: its path then only says where one would lie.

    :raises ConfigError: there is none, or it has mistakes.
    """
    address = getattr(options, "desk", None)
    try:
        path = find(options.config)
    except ConfigError:
        if address is None or options.config:
            raise
        from platformdirs import user_config_path

        path, config = user_config_path("agentconsole") / FILE_NAME, Config()
    else:
        config = load(path, settings_model)
    if address is not None:
        config = _elsewhere(config, address)
    if config.language:
        i18n.use(config.language)
    return config, path


def _elsewhere(config: Config, address: str) -> Config:
    """The configuration with the desk that ``--desk`` says: a file's place counts from the folder where one is."""
    desk = address if "://" in address or not address.strip() else str(Path(address).expanduser().absolute())
    try:
        return Config.model_validate(config.model_dump(mode="json", exclude_unset=True) | {"desk": desk})
    except ValidationError as error:
        raise UsageError(f"--{problems_of(error, Config, {'desk': desk})[0]}", "") from None


@contextmanager
def opened(
    options: argparse.Namespace,
    *,
    create: bool = True,
    as_written: bool = False,
    reads: bool = False,
    service: bool = False,
) -> Iterator[Desk]:
    """The desk that the configuration names, with whoever is at the keyboard; closed at the end.

    :param as_written: what the file says counts, not what the desk's policy does: to look at or change the policy.
    :param reads: for a verb that only reads: on SQLite what the file says about gestures is not applied for it.
    :param service: for the service, which need be no agent.
    :raises ConsoleError: whatever is wrong with configuration, desk or agent.
    """
    written, path = read_config(options)
    config, agent = written, None if "://" in written.desk else _who(written, options.agent, service=service)
    store = open_desk(config.desk, path.parent, files=config.attachments, create=create)
    hands_over = pulls = True
    try:
        seen = None if as_written else rules.state(store)
        if agent is None:
            from agentconsole.desk.shared import has_login, joined, names_same_shop

            given = SERVICE.id if service else options.agent
            config, agent = joined(store, written, given, as_written=as_written)
            hands_over = config is written or names_same_shop(written, config)
            pulls = not has_login(store) and (config is written or bool(written.channels))
        desk = Desk(store, config, agent, path.parent, pulls=pulls, hands_over=hands_over)
        if seen is not None:
            rules.begin(desk, written if "://" in written.desk else None, seen)
        if not (as_written or reads):
            policies.ensure(desk)
        yield desk
    finally:
        store.close()


def _who(config: Config, given: str | None, *, service: bool) -> Agent:
    """Who is at a desk in a file: the service acts as the agent of the file where it is clear who that is."""
    several = not given and not config.agent and len(config.agents) > 1
    return SERVICE if service and several else who_am_i(config, given)
