"""What can go wrong, as one small tree.

Every error that reaches a person has two lines: ``what`` was wrong and what to ``do`` about it.
"""

from __future__ import annotations


class ConsoleError(Exception):
    """The root: a person can be told about it in two lines.

    :param what: one line, what was wrong; a complete sentence in the person's words.
    :param do: one line, what to do about it; empty where nothing can be done.
    """

    def __init__(self, what: str, do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.do = do

    def __str__(self) -> str:
        return f"{self.what}\n{self.do}" if self.do else self.what


class UsageError(ConsoleError):
    """The person asked for something that does not exist or does not fit (exit code 2)."""


class ConfigError(ConsoleError):
    """agentconsole.toml is wrong; ``problems`` holds one line a mistake."""

    def __init__(self, what: str, do: str = "", problems: tuple[str, ...] = ()) -> None:
        super().__init__(what, do)
        self.problems = problems


class SecretError(ConsoleError):
    """A password is missing, or kept where others can read it."""


class DeskError(ConsoleError):
    """The desk (the store) cannot be used: locked, read-only, full, damaged, of another version."""


class DamagedError(DeskError):
    """Something that the desk should hold is gone or not what was stored; the rest can be used."""


class OutOfReach(DeskError):
    """The server of the desk does not answer, or not yet: it may later, at the same address."""


class NotLetIn(DeskError):
    """The server of the desk does not accept the login: a wrong password, or no such role."""


class Outdated(DeskError):
    """A newer program has changed the desk's tables since this one opened it: nothing more is written by this one."""


class NotFound(ConsoleError):
    """No conversation, customer, view or agent of that name."""


class RuleRefused(ConsoleError):
    """A rule of the policy refuses a gesture, an approval or a void (exit code 3).

    :param reason: a short code that scripts can rely on, such as ``over_ceiling``; docs/gestures.md lists them.
    """

    def __init__(self, reason: str, what: str, do: str = "") -> None:
        super().__init__(what, do)
        self.reason = reason


class Stale(ConsoleError):
    """Somebody wrote in the conversation meanwhile; the reply was not taken."""


class ChannelError(ConsoleError):
    """A channel could not be reached, or refused us. The base of the delivery outcomes."""


class NotSent(ChannelError):
    """Certainly not accepted: the reply may be delivered again, later."""


class Rejected(ChannelError):
    """Certainly refused: delivering again would be refused again."""


class Ambiguous(ChannelError):
    """No clear answer after the point of no return: it may have been sent."""


class LoginRefused(ChannelError):
    """The server refused the login: trying again without a change is no use."""
