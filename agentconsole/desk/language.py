"""Which language a message is in, by its function words: enough to sort conversations, sure or silent.

A statistical detector costs a large model and guesses on the ten words of a chat message; function words of the
languages a desk can answer in decide those rightly or leave them open. (The method: Ingle 1980; Grefenstette 1995,
"Comparing two language identification schemes".)
"""

from __future__ import annotations

import re
from collections import Counter

from agentconsole.config import Config

_WORDS = {
    "en": "the and you your is are was have has my not for with this that it from please what when hello hi "
    "thanks thank can be been will would on of to we they but how why do does i'm don't can't just",
    "fr": "le la les des et vous votre vos est une un je ne pas mon ma mes pour avec ce cette que qui dans sur "
    "bonjour merci nous au aux du depuis mais c'est j'ai toujours plus suis avez comment pourquoi svp bjr où",
    "de": "der die das und ich nicht ist ein eine mit für auf sie wir haben mein meine bitte hallo danke dass "
    "von zu den dem wie warum aber noch kann wurde",
    "es": "el los las que no por con para una mi su es está hola gracias pero cómo cuándo desde del muy tengo "
    "quiero pedido y lo me se",
    "it": "il lo gli che non per con una mio mia sono è ciao grazie ma come quando dal della ho vorrei ordine "
    "ancora perché buongiorno",
    "nl": "de het een en ik niet is met voor op mijn wij hebben graag hallo bedankt maar hoe wanneer van dat nog",
    "pt": "os as que não por com para uma meu minha é está olá obrigado mas como quando desde do da tenho quero "
    "pedido ainda",
}
_LISTS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LOOKED_AT = 2_000


_SURE = 5
"""Function words from which on a language is certain, where no other has half as many."""


_TELLING = {
    "en": "the you your are have has had this that they would could should which what when with from our been",
    "fr": "je vous nous votre vos notre avec dans suis sommes avez pouvez pouvons regarde cela ça cette c'est j'ai "
    "bonjour merci tout depuis aussi très être voici d'accord désolé désolée",
}
"""Words that no text of another language has several of; no greeting that is used everywhere, such as "hello"."""
_TELLING_LISTS = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_SEVERAL = 3
"""Different ones of them from which on a short text is certain, where no other language has one."""


def language_of(text: str, config: Config) -> str | None:
    """The language (ISO 639-1) among those the desk's agents answer in; all known ones where none is configured.

    :returns: ``None`` where the words do not tell, or tell of two languages alike.
    """
    spoken = {language for agent in config.agents for language in agent.languages}
    scores = _scores(text, {lang: words for lang, words in _LISTS.items() if not spoken or lang in spoken})
    if not scores or not scores[0][0]:
        return None
    return None if len(scores) > 1 and scores[0][0] == scores[1][0] else scores[0][1]


def certain_language(text: str) -> str | None:
    """The language (ISO 639-1) of a text that leaves no doubt; ``None`` for a few words and for mixtures."""
    best, second = _scores(text, _LISTS)[:2]
    if best[0] >= _SURE:
        return best[1] if best[0] > 2 * second[0] else None
    words = set(_words(text))
    telling = {language: len(words & known) for language, known in _TELLING_LISTS.items()}
    several = [language for language, many in telling.items() if many]
    return best[1] if several == [best[1]] and telling[best[1]] >= _SEVERAL and best[0] > second[0] else None


def function_words() -> frozenset[str]:
    """Words that say nothing about what a text is about, of all known languages, in lower case."""
    return frozenset().union(*_LISTS.values())


def knows(language: str) -> bool:
    """Whether texts of that language can be told."""
    return language in _LISTS


def _words(text: str) -> list[str]:
    return [token.replace("’", "'") for token in _TOKEN.findall(text[:_LOOKED_AT].casefold())]


def _scores(text: str, candidates: dict[str, frozenset[str]]) -> list[tuple[int, str]]:
    """Function words found of each language, the most first."""
    found = Counter(_words(text))
    return sorted(((sum(found[word] for word in words), lang) for lang, words in candidates.items()), reverse=True)
