"""What a reply is looked at for before it is sent. Pure: no store, no screen.

Lines that quote (``> ``) are somebody else's words; of them only the length counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from agentconsole.config import ChannelSettings, Checks
from agentconsole.desk.language import certain_language, knows
from agentconsole.desk.limits import limit_of
from agentconsole.desk.phrases import phrases_of
from agentconsole.i18n import _, language_name
from agentconsole.text import fold

Span = tuple[int, int]
"""Begin and end of a place in a text, in characters."""

_PLACEHOLDER = re.compile(r"\{\{(?:[^{}]*+|(?:(?!\{\{).)*?)\}\}")  # no way leads past the next one: linear
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)
_NAMED = 3
"""Words or placeholders that a finding names; more are counted."""

# As the reminders of mail programs have them (Thunderbird's mail.compose.attachment_reminder_keywords), without the
# bare nouns: "pièce jointe" and "attachment" are as often the customer's.
_OURS = (
    "ci-joint", "ci-jointe", "ci-joints", "ci-jointes", "ci-inclus", "ci-incluse", "ci-annexé", "ci-annexée",
    "ci joint", "ci jointe", "ci joints", "ci jointes", "en pièce-jointe", "en pièces-jointes", "voir pièce-jointe",
    "en pièce jointe", "en pièces jointes", "voir pièce jointe", "voir la pièce jointe", "en PJ", "en annexe",
    "je joins", "je vous joins", "nous joignons", "nous vous joignons", "j'ai joint", "j'attache",
    "attached", "attaching", "I attach", "we attach", "enclosed", "enclosing", "I enclose", "we enclose",
    "see attachment", "in the attachment", "find the attachment",
)  # fmt: skip
_THEIRS = (
    "you attached", "you have attached", "you've attached", "you had attached", "you enclosed", "you have enclosed",
    "your attached", "your enclosed", "be attached", "vous avez ci-joint", "votre mail en pièce jointe",
)  # fmt: skip
_PAPERS = (
    r"(?<!\w)(?:attestations?|avoirs?|bons?|bordereaux?|captures?|certificats?|contrats?|copies?|courriers?|devis"
    r"|documents?|etiquettes?|factures?|fiches?|fichiers?|formulaires?|guides?|images?|justificatifs?|lettres?|listes?"
    r"|notices?|pdf|photos?|pieces?|plans?|preuves?|procedures?|recapitulatifs?|recus?|releves?|rib|schemas?|tableaux?)"
    r"(?:\s+(?:de\s+(?:commande|garantie|livraison|paiement|retour|virement)|d['\u2019](?:achat|echange|emploi)))?\s+"
)
_JOINED = (
    r"(?:joint|attache)(?:e|s|es)?(?!\w)(?!\s+(?:a|au|aux|dans|par)\s+(?:dossier|mail|telephone|votre|vos|vous)(?!\w))"
)
_SENT_ALONG = re.compile(
    # a paper that is joined, with what "pièce jointe" is left to; and whatever is joined to what is being written
    rf"(?<!votre )(?<!vos ){_PAPERS}(?<!piece )(?<!pieces ){_JOINED}|{_PAPERS}(?:est|sont)\s+(?:bien\s+)?{_JOINED}"
    r"|(?<!\w)(?:joint|attache)(?:e|s|es)?\s+(?:a|avec)\s+(?:ce|cet|cette|mon|notre)\s+"
    r"(?:courriel|courrier|e-?mail|envoi|mail|message|reponse)(?!\w)"
)
"""Words of French that a list of phrases cannot have; for a folded text."""


class Check(StrEnum):
    """What is looked for; all but EMPTY, GESTURE and MENTION are settings of ``[checks]`` in agentconsole.toml."""

    EMPTY = "empty"
    UNRESOLVED = "unresolved"
    LANGUAGE = "language"
    ATTACHMENT = "attachment"
    FORBIDDEN = "forbidden"
    LENGTH = "length"
    GESTURE = "gesture"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stands against sending.

    :param said: one sentence: what was found. It may hold words of the text as they are.
    :param explain: why that matters, and how the check is switched off.
    :param blocks: it is not sent at all; otherwise it is sent where its writer wants it all the same.
    :param where: places in the text, in order; empty where it is about the whole of it.
    """

    code: Check
    said: str
    explain: str
    blocks: bool = False
    where: tuple[Span, ...] = ()


def findings(
    text: str,
    rules: Checks,
    *,
    channel: ChannelSettings | None = None,
    public: bool | None = None,
    language: str | None = None,
    files: int = 0,
    along: str = "",
    codes: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What stands against sending a reply, what blocks first.

    :param channel: what it goes out on; its length is not looked at where that is not known.
    :param public: anybody can read the conversation; as the channel says where left out.
    :param language: the customer's (ISO 639-1), ``None`` where nobody knows it.
    :param files: how many are attached.
    :param along: words of what happens along with it (a note, a promise), in which placeholders block too.
    :param codes: of vouchers that were granted for it and shown.
    """
    if not text.strip():
        return tuple(filter(None, [_gift_left_out(text, codes)])) if files else (_empty(),)
    own = own_words(text)
    found: list[Finding | None] = [
        _unresolved(text, along) if rules.unresolved else None,
        _too_long(text, channel, public) if rules.length and channel else None,
        _wrong_language(own, language) if rules.language and language else None,
        _missing_attachment(own) if rules.attachment and not files else None,
        _forbidden(own, rules.forbidden_words) if rules.forbidden and rules.forbidden_words else None,
        _gift_left_out(text, codes),
    ]
    return tuple(finding for finding in found if finding is not None)


def own_words(text: str) -> str:
    """The text with quoted lines made blanks, so that places in it stay where they are."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def placeholders(text: str) -> tuple[Span, ...]:
    """Where a text has placeholders (``{{ customer.first_name }}``) that nobody filled in."""
    return tuple(match.span() for match in _PLACEHOLDER.finditer(own_words(text)))


def _switch(check: Check) -> str:
    return _("`{setting} = false` under [checks] in agentconsole.toml switches this check off.").format(setting=check)


def _empty() -> Finding:
    why = _("Without a word or a file there is nothing to send. This check cannot be switched off.")
    return Finding(Check.EMPTY, _("The reply is empty."), why, blocks=True)


def _unresolved(text: str, along: str) -> Finding | None:
    where = placeholders(text)
    names = [text[begin:end] for begin, end in where] + _PLACEHOLDER.findall(along)
    if not names:
        return None
    said = _("Not filled in: {names}.").format(names=_names(names))
    why = _(
        "A placeholder of a macro is still there: the customer would read it as it stands. Write what belongs "
        "there, or take it out; until then the reply is not sent."
    )
    return Finding(Check.UNRESOLVED, said, f"{why} {_switch(Check.UNRESOLVED)}", blocks=True, where=where)


def _gift_left_out(text: str, codes: Collection[str]) -> Finding | None:
    missing = [code for code in codes if code not in text]
    if not missing:
        return None
    said = _("A gesture was granted, and its code is not in the words: {codes}.").format(codes=_names(missing))
    why = _(
        "The customer would not get it. Put the code back, or void the gesture; sent without it, it stays in the list "
        "of gestures that are in no reply. This check cannot be switched off."
    )
    return Finding(Check.GESTURE, said, why)


def _too_long(text: str, channel: ChannelSettings, public: bool | None) -> Finding | None:
    limit = limit_of(channel, public=public)
    size = limit.count(text.strip()) if limit else 0
    if limit is None or size <= limit.most:
        return None
    said = _("Too long: {size} of {most}.").format(size=size, most=limit.most)
    why = _(
        "The channel takes {most} characters, as it counts them itself: what is longer is refused or cut. A `limit` "
        "on the channel in agentconsole.toml says otherwise where yours takes more."
    ).format(most=limit.most)
    return Finding(Check.LENGTH, said, f"{why} {_switch(Check.LENGTH)}")


def _wrong_language(own: str, wanted: str) -> Finding | None:
    written = certain_language(own) if knows(wanted) else None
    if written is None or written == wanted:
        return None
    names = {"written": language_name(written), "wanted": language_name(wanted)}
    why = _(
        "The words are in one language beyond doubt, and the customer writes in another. Replies of a few words and "
        "mixed ones are not judged."
    )
    return Finding(
        Check.LANGUAGE,
        _("Written in {written}; the customer's language: {wanted}.").format(**names),
        f"{why} {_switch(Check.LANGUAGE)}",
    )


def _missing_attachment(own: str) -> Finding | None:
    folded, origin = _folded(own)
    for phrase in phrases_of(_THEIRS):
        folded = phrase.pattern.sub(lambda match: " " * len(match[0]), folded)
    where = _places(folded, origin, _OURS, _SENT_ALONG)
    if not where:
        return None
    said = _("It says {words}, but nothing is attached.").format(words=_quoted(own, where))
    why = _("The reply speaks of something that comes with it, and no file does.")
    return Finding(Check.ATTACHMENT, said, f"{why} {_switch(Check.ATTACHMENT)}", where=where)


def _forbidden(own: str, words: tuple[str, ...]) -> Finding | None:
    where = _places(*_folded(own), words)
    if not where:
        return None
    said = _("Not to be written: {words}.").format(words=_quoted(own, where))
    why = _("The desk keeps a list of words that no reply should have: `forbidden_words` under [checks].")
    return Finding(Check.FORBIDDEN, said, f"{why} {_switch(Check.FORBIDDEN)}", where=where)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is searched, and for each of its characters which one of the text it comes from."""
    if text.isascii():
        return fold(text), list(range(len(text)))
    pieces = [fold(char) for char in text]
    return "".join(pieces), [index for index, piece in enumerate(pieces) for _char in piece]


def _places(
    folded: str, origin: list[int], words: tuple[str, ...], more: re.Pattern[str] | None = None
) -> tuple[Span, ...]:
    """Where a folded text has one of these, as places in the text it comes from; those inside others left out."""
    hits = {span for phrase in phrases_of(words) for span in phrase.places(folded)}
    hits |= {match.span() for match in more.finditer(folded)} if more else set()
    spans = sorted(hits, key=_outer_first)
    found: list[Span] = []
    for begin, end in spans:
        if not found or origin[end - 1] >= found[-1][1]:
            found.append((origin[begin], origin[end - 1] + 1))
    return tuple(found)


def _outer_first(span: Span) -> Span:
    return span[0], -span[1]


def _quoted(text: str, where: tuple[Span, ...]) -> str:
    return _names(_("“{word}”").format(word=" ".join(text[begin:end].split())) for begin, end in where)


def _names(words: Iterable[str]) -> str:
    """Some words, each once, and how many more there are."""
    each = list(dict.fromkeys(words))
    more = len(each) - _NAMED
    named = ", ".join(each[:_NAMED])
    return _("{named} and {n} more").format(named=named, n=more) if more > 0 else named
