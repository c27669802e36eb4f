"""From options to an open desk."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentconsole import i18n
from agentconsole.channels.base import settings_model
from agentconsole.config import Config, find, load
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.store.opening import open_desk


def read_config(options: argparse.Namespace) -> tuple[Config, Path]:
    """The configuration and its file; from here on the program speaks its language.

    :raises ConfigError: there is none, or it has mistakes.
    """
    path = find(options.config)
    config = load(path, settings_model)
    if config.language:
        i18n.use(config.language)
    return config, path


@contextmanager
def opened(options: argparse.Namespace, *, create: bool = True) -> Iterator[Desk]:
    """The desk that the configuration names, with whoever is at the keyboard; closed at the end.

    :raises ConsoleError: whatever is wrong with configuration, desk or agent.
    """
    config, path = read_config(options)
    agent = who_am_i(config, options.agent)
    store = open_desk(config.desk, path.parent, files=config.attachments, create=create)
    try:
        yield Desk(store, config, agent, path.parent)
    finally:
        store.close()
