"""How people write: greetings and sign-offs by channel, hurried thumbs, capitals, faces."""

from __future__ import annotations

import re

from agentconsole.demo.world.brand import HANDLE
from agentconsole.demo.world.data import Phrase, world
from agentconsole.demo.world.details import Details
from agentconsole.demo.world.dice import Dice
from agentconsole.demo.world.people import Known

_FACES = {
    "happy": ("😊", "👏", "🙏", "😄", "🐦"),
    "angry": ("😡", "😤", "🤬", "🙄"),
    "": ("😕", "🙏", "😅", "🤔", "😩"),
}
_PICTURES = 0x1F000
"""From this code point on characters are faces and things."""
_STOP = re.compile(r"[.!](?=\s|$)")
_SHORT = ("whatsapp", "chat", "x")
_TOO_LONG_FOR_A_POST = 280


def customer_text(core: str, known: Known, channel: str, mood: str, language: str, dice: Dice) -> str:
    """What a customer means, as this one types it on that channel."""
    style = known.style
    if mood in ("grave", "formal"):
        return core
    if mood == "angry" and style < 12 and channel != "chat":
        return core.upper().replace(HANDLE.upper(), HANDLE)
    if channel in _SHORT:
        return _hurried(core, style, mood, language, dice)
    return _swap(core, language, "slips") if 66 <= style < 74 else core


def _hurried(core: str, style: int, mood: str, language: str, dice: Dice) -> str:
    if style < 12:
        core = _swap(core, language, "sms").lower().removesuffix(".")
        return core.replace(",", "") if style < 7 else core
    if style < 22:
        return core.lower().removesuffix(".")
    if style < 40 and not any(ord(char) > _PICTURES for char in core):
        return f"{core.removesuffix('.')} {dice.pick(_FACES.get(mood, _FACES['']))}"
    if style < 48:
        return _swap(core, language, "slips")
    return _STOP.sub("!!!", core) if style < 52 else core


def _swap(text: str, language: str, kind: str) -> str:
    pattern, words = world().swaps[language, kind]
    return pattern.sub(lambda found: words[found[0]], text)


def mail_text(core: str, details: Details, mood: str, dice: Dice, greet: bool, hour: int) -> str:
    """A customer's mail: greeting and sign-off around what they mean; fewer of them once a thread runs.

    :param hour: of the wall clock, 0 to 23.
    """
    phrases = world().phrases[details.language]
    angry = mood == "angry"
    hello = dice.pick(phrases["greet"]).say(dice, details) if greet and not angry and core[:7] != "Bonjour" else ""
    if (hello == "Bonsoir," and 4 < hour < 17) or (hello == "Good morning," and hour >= 12):
        hello = "Bonjour," if details.language == "fr" else "Hello,"
    bye = dice.pick(phrases["sign_off_angry" if angry else "sign_off"]).say(dice, details)
    if mood in ("grave", "formal"):
        hello, bye = hello and phrases["greet"][0].say(dice, details), details["name"]
    elif not greet:
        bye = details["first"] if dice.chance(60) else ""
    return "\n\n".join(part for part in (hello, core, bye) if part)


def mail_signature(known: Known, details: Details, language: str, dice: Dice) -> str:
    """What a mail program puts below."""
    if known.work:
        company = known.work.removesuffix(".example").replace("-", " ").title()
        return f"-- \n{known.person.name}\n{company}\n{details['line']}"
    return dice.pick(world().phrases[language]["device"]).say(dice, details) if dice.chance(25) else ""


def agent_text(core: str, details: Details, channel: str, language: str, first: bool, dice: Dice) -> str:
    """An adviser's answer in the brand's tone: by name, in whole sentences."""
    phrases = world().phrases[language]
    if channel == "x":
        return core
    if channel in _SHORT:
        return phrases["agent_greet_short"][0].say(dice, details) + core if first else capital(core)
    hello = phrases["agent_greet"][0].say(dice, details)
    return f"{hello}{capital(core)}\n\n{dice.pick(phrases['agent_bye']).say(dice, details)}"


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def headline(text: str) -> str:
    """What stands for a subject where the channel has none: the first words that say something."""
    text = text.replace("\n", " ").removeprefix(HANDLE).removesuffix(HANDLE).strip(" ,.:!")
    for hello in ("Bonjour", "bonjour", "Bonsoir", "bjr", "Hello", "hello", "Hi", "hi"):
        if text.startswith(hello) and not text[len(hello) : len(hello) + 1].isalnum():
            text = text[len(hello) :].strip(" ,.!").removeprefix(HANDLE).strip(" ,.!")
            break
    text = capital(text)
    if len(text) <= 60:
        return text
    return text[:58].rsplit(" ", 1)[0] + "…"


def shared(language: str, key: str, dice: Dice) -> Phrase:
    """One of the phrases that all scenarios share."""
    return dice.pick(world().phrases[language][key])


def post(text: str) -> str:
    """A text as a public post: within the length that the service takes."""
    if len(text) <= _TOO_LONG_FOR_A_POST:
        return text
    return text[: _TOO_LONG_FOR_A_POST - 2].rsplit(" ", 1)[0] + "…"
