"""Texts whose words are as unevenly common as real ones: Zipf's law over some 30 000 words, and a long tail.

The most common words are real French and English ones, the rest is made of syllables, so that beginnings are
shared by many words as in a real dictionary. Order references and family names are the tail: each of them is in
about ten messages, however large the desk is.
"""

from __future__ import annotations

from itertools import accumulate
from random import Random

SIZE = 30_000
TAIL_HITS = 10
"""Messages that a word of the tail is in, on average."""
TAILED = 3
"""One message in so many holds a word of the tail."""

_HEAD = """de le je la et vous the bonjour to à que pas mon est les un en pour i une and my commande du colis merci
a ma ce sur votre avec dans is it you des mais order ai not was n'ai il of hello livraison avez au reçu par qui this
have on toujours ne please facture été se plus delivery facturé me for compte no livré avoir when but depuis with box
can numéro how service client produit suis thank email sans in remboursement panne réponse your received problème
still password semaine refund paiement jour hier adresse photo after jours what back mail been retour month that
internet fait app would cette tout get commandé demande we encore day two mois carte vient number account faire deux
urgent bien weeks abonnement impression cadre address wrong be même prix album téléphone comment broken quand week
paid line si contrat erreur return avant since help livreur parcel modem peux attends sent missing mauvais couleur
dommage colour fibre cassé signal late option offre promised point relais card again technicien called rendez-vous
today jamais rien never réception page tirages print site connexion format voucher bon échange anniversaire cadeau""".split()
_STARTS = """b br c ch cl cr d dr f fl fr g gl gr h j l m n p pl pr qu r s sc sl sp st t tr v vr w sh th wh é in re dé con
par com pré sur ex un mis out over under en im""".split()
_VOWELS = "a e i o u é è ai au ou oi en on in an ea ee oo ay er eu".split()
_ENDS = """t s r l n m nt rt st ment tion teur able ing ed ness ly ité age ure ance ence ique eux ette ille ter ser ver
der ger ler ner""".split()


def _made(random: Random, count: int, taken: set[str]) -> list[str]:
    words: list[str] = []
    while len(words) < count:
        middle = "".join(random.choice(_STARTS) + random.choice(_VOWELS) for _ in range(random.choice((1, 1, 2, 2, 3))))
        word = middle + random.choice(_ENDS)
        if word not in taken:
            taken.add(word)
            words.append(word)
    return words


class Words:
    """The dictionary of a desk, the same for the same number of messages; texts are drawn from it.

    :param messages: how many the desk will hold, which sets the length of the tail.
    """

    def __init__(self, messages: int) -> None:
        random = Random(17)
        head = list(dict.fromkeys(_HEAD))
        self.words = head + _made(random, SIZE - len(head), set(head))
        self._weights = list(accumulate(1 / rank for rank in range(1, SIZE + 1)))
        self.tail = max(20, messages // TAILED // TAIL_HITS)

    def tail_word(self, number: int) -> str:
        """A word of the tail, ``0 <= number < tail``: a reference such as ``fx0012345``."""
        return f"fx{number * 7919 % 10_000_019:07d}"

    def text(self, random: Random) -> str:
        """A message of some sentences; lengths are spread as people's are, some very short, few long."""
        count = min(400, max(4, int(random.lognormvariate(3.4, 0.75))))
        drawn = random.choices(self.words, cum_weights=self._weights, k=count)
        if random.random() * TAILED < 1:
            drawn.append(self.tail_word(random.randrange(self.tail)))
        sentences = [" ".join(drawn[at : at + 13]).capitalize() for at in range(0, len(drawn), 13)]
        return ". ".join(sentences) + "."

    def subject(self, random: Random) -> str:
        """A few words."""
        return " ".join(random.choices(self.words, cum_weights=self._weights, k=random.randint(2, 7))).capitalize()
