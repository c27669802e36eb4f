"""How long a message may be on what it goes out on, counted as those who take it count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from agentconsole.config import ChannelSettings

_ENDS = "com|net|org|info|app|dev|shop|edu|gov|eu|fr|be|ch|ca|uk|de|es|it|pt|nl|lu|io|co"
_STOP = "\\s.,;:!?)\\]}»\"'’"
_URL = re.compile(
    rf"https?://\S*[^{_STOP}]|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDS})(?![\w@-])(?:/\S*[^{_STOP}])?", re.IGNORECASE
)
_URL_WEIGHT = 23
_PICTURE = "[\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
_PICTURE += "\U0001f000-\U0001faff]"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3"
    f"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]?)*"
    "[\U000e0020-\U000e007f]*"
)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def characters(text: str) -> int:
    """Unicode characters (code points) of the text in NFC.

    Never fewer than the characters a reader sees (grapheme clusters, UAX #29), which some media count instead.
    """
    return len(unicodedata.normalize("NFC", text))


def x_weight(text: str) -> int:
    """Length as X counts it: a link is 23, an emoji 2 however it is joined, wide characters are 2.

    Source: twitter-text, config/v3.json (ranges of weight 100 of 200, transformedURLLength 23, emojiParsingEnabled).
    A link without https:// is told by the usual ends of domains, of which X knows more.
    """
    text = unicodedata.normalize("NFC", text)
    text, links = _URL.subn("", text)
    if text.isascii():
        return len(text) + links * _URL_WEIGHT
    text, emoji = _EMOJI.subn("", text)
    light = sum(any(low <= ord(char) <= high for low, high in _LIGHT) for char in text)
    return light + 2 * (len(text) - light + emoji) + links * _URL_WEIGHT


def mastodon(text: str) -> int:
    """Length as Mastodon counts it: a link is 23. Source: docs.joinmastodon.org/user/posting."""
    text, links = re.subn(r"https?://\S+", "", text)
    return characters(text) + links * _URL_WEIGHT


def utf8(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much of what ``count`` counts."""

    most: int
    count: Callable[[str], int] = characters


_USUAL = {
    # developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages: body, at most 4096 characters
    "whatsapp": Limit(4096),
    # developers.facebook.com/docs/messenger-platform/reference/send-api: UTF-8, 2000 characters
    "messenger": Limit(2000),
    # developers.facebook.com/docs/instagram-platform: messages in UTF-8, at most 1000 bytes
    "instagram": Limit(1000, utf8),
    # facebook.com/help: comments, at most 8000 characters
    "facebook": Limit(8000),
    # core.telegram.org/bots/api (sendMessage): at most 4096 characters
    "telegram": Limit(4096),
    # docs.joinmastodon.org/user/posting: 500 characters
    "mastodon": Limit(500, mastodon),
    # Ten parts of 160: what most gateways take as one message (twilio.com/docs/glossary/what-sms-character-limit)
    "sms": Limit(1600),
    # developers.google.com/android-publisher/api-ref/rest/v3/reviews/reply: about 350 characters
    "review": Limit(350),
    # spec.matrix.org, "Size limits": an event of 65 536 bytes, of which the rest takes its share
    "matrix": Limit(60_000, utf8),
}
_X_PUBLIC, _X_PRIVATE = Limit(280, x_weight), Limit(10_000)
"""developer.x.com/en/docs/counting-characters: 280 for a post; direct messages: at most 10 000 characters."""


def limit_of(channel: ChannelSettings, *, public: bool | None = None) -> Limit | None:
    """What a message of a channel may be; ``None`` where nothing bounds it, as mail.

    :param public: anybody can read the conversation; as the channel says where left out.
    """
    public = channel.public if public is None else public
    usual = (_X_PUBLIC if public else _X_PRIVATE) if channel.medium == "x" else _USUAL.get(channel.medium)
    if channel.limit is None:
        return usual
    return Limit(channel.limit, usual.count if usual else characters)
