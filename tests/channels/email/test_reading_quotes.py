"""What was written, apart from history and signature, in the languages that mail programs speak."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.email.lines import as_lines
from agentconsole.channels.email.quotes import Split, split

REPLY = "Bonjour,\n\nMon colis n’est toujours pas arrivé.\n\nMerci,\nCamille"
HISTORY = "Hello,\n\nWe have sent your parcel.\n\nKind regards,\nJo"
WROTE = """
On Mon, Jan 15, 2024 at 2:30 PM Jo Park <jo@shop.example> wrote:
On Monday, January 15th, 2024 at 2:30 PM, Jo Park <jo@shop.example> wrote:
On Jan 15, 2024, at 14:30, Jo Park <jo@shop.example> wrote:
Le lun. 15 janv. 2024 à 14:30, Jo Park <jo@shop.example> a écrit :
Le 15/01/2024 à 14:30, Jo Park a écrit :
Le lundi 15 janvier 2024 à 14:30:00 UTC+1, Jo Park <jo@shop.example> a écrit :
Am Mo., 15. Jan. 2024 um 14:30 Uhr schrieb Jo Park <jo@shop.example>:
Am 15.01.24 um 14:30 schrieb Jo Park:
El lun, 15 ene 2024 a las 14:30, Jo Park (<jo@shop.example>) escribió:
Il giorno lun 15 gen 2024 alle ore 14:30 Jo Park <jo@shop.example> ha scritto:
Op ma 15 jan 2024 om 14:30 schreef Jo Park <jo@shop.example>:
Op 15 jan 2024, om 14:30 heeft Jo Park <jo@shop.example> het volgende geschreven:
Em seg., 15 de jan. de 2024 às 14:30, Jo Park <jo@shop.example> escreveu:
Jo Park <jo@shop.example> escreveu (segunda, 15/01/2024 à(s) 14:30):
pon., 15 sty 2024 o 14:30 Jo Park <jo@shop.example> napisał(a):
Wiadomość napisana przez Jo Park <jo@shop.example> w dniu 15.01.2024, o godz. 14:30:
Den man. 15. jan. 2024 kl. 14.30 skrev Jo Park <jo@shop.example>:
man. 15. jan. 2024 kl. 14:30 skrev Jo Park <jo@shop.example>:
Den mån 15 jan. 2024 kl 14:30 skrev Jo Park <jo@shop.example>:
ma 15. tammik. 2024 klo 14.30 Jo Park (jo@shop.example) kirjoitti:
пн, 15 янв. 2024 г. в 14:30, Jo Park <jo@shop.example>:
15.01.2024, 14:30, "Jo Park" <jo@shop.example>:
15.01.2024 14:30, Jo Park пишет:
пн, 15 січ. 2024 р. о 14:30 Jo Park <jo@shop.example> пише:
Jo Park <jo@shop.example> 于2024年1月15日周一 14:30写道：
Jo Park <jo@shop.example> 於 2024年1月15日 週一 下午2:30寫道：
2024年1月15日(月) 14:30 Jo Park <jo@shop.example>:
2024/01/15 14:30、Jo Park <jo@shop.example>のメール:
2024년 1월 15일 (월) 오후 2:30, Jo Park <jo@shop.example>님이 작성:
po 15. 1. 2024 v 14:30 odesílatel Jo Park <jo@shop.example> napsal:
Dne 15. 01. 24 v 14:30 Jo Park napsal(a):
po 15. 1. 2024 o 14:30 Jo Park <jo@shop.example> napísal(a):
Jo Park <jo@shop.example> ezt írta (időpont: 2024. jan. 15., H, 14:30):
Jo Park <jo@shop.example>, 15 Oca 2024 Pzt, 14:30 tarihinde şunu yazdı:
În lun., 15 ian. 2024 la 14:30, Jo Park <jo@shop.example> a scris:
Στις Δευ 15 Ιαν 2024 στις 2:30 μ.μ., ο χρήστης Jo Park <jo@shop.example> έγραψε:
""".strip().splitlines()
BLOCKS = [
    "From: Jo Park <jo@shop.example>\nSent: Monday, January 15, 2024 2:30 PM\nTo: Ann\nSubject: Parcel",
    "____________________\nDe : Jo Park <jo@shop.example>\nEnvoyé : 15 janvier 2024\nÀ : Ann\nObjet : Colis",
    "*De :* Jo Park <jo@shop.example>\n*Envoyé :* lundi 15 janvier 2024 14:30\n*À :* Ann\n*Objet :* Colis",
    "Von: Jo Park <jo@shop.example>\nGesendet: Montag, 15. Januar 2024 14:30\nAn: Ann\nBetreff: AW: Paket",
    "Gesendet: Montag, 15. Januar 2024 um 14:30 Uhr\nVon: jo@shop.example\nAn: Ann\nBetreff: Paket",
    "De: Jo Park <jo@shop.example>\nEnviado: lunes, 15 de enero de 2024 14:30\nPara: Ann\nAsunto: Pedido",
    "Da: Jo Park <jo@shop.example>\nInviato: lunedì 15 gennaio 2024 14:30\nA: Ann\nOggetto: Ordine",
    "Van: Jo Park <jo@shop.example>\nVerzonden: maandag 15 januari 2024 14:30\nAan: Ann\nOnderwerp: Pakket",
    "De: Jo Park <jo@shop.example>\nEnviada em: segunda-feira, 15 de janeiro de 2024 14:30\nPara: Ann\nAssunto: Pedido",
    "Od: Jo Park <jo@shop.example>\nWysłane: poniedziałek, 15 stycznia 2024 14:30\nDo: Ann\nTemat: Paczka",
    "Fra: Jo Park <jo@shop.example>\nSendt: 15. januar 2024 14:30\nTil: Ann\nEmne: Pakke",
    "Från: Jo Park <jo@shop.example>\nSkickat: den 15 januari 2024 14:30\nTill: Ann\nÄmne: Paket",
    "Lähettäjä: Jo Park <jo@shop.example>\nLähetetty: maanantai 15. tammikuuta 2024\nVastaanottaja: Ann\nAihe: Paketti",
    "От: Jo Park <jo@shop.example>\nОтправлено: 15 января 2024 г. 14:30\nКому: Ann\nТема: Посылка",
    "发件人: Jo Park <jo@shop.example>\n发送时间: 2024年1月15日 14:30\n收件人: Ann\n主题: 包裹",
    "差出人: Jo Park <jo@shop.example>\n送信日時: 2024年1月15日 14:30\n宛先: Ann\n件名: 荷物",
    "보낸 사람: Jo Park <jo@shop.example>\n보낸 날짜: 2024년 1월 15일 오후 2:30\n받는 사람: Ann\n제목: 소포",
    "Od: Jo Park <jo@shop.example>\nOdesláno: pondělí 15. ledna 2024 14:30\nKomu: Ann\nPředmět: Balík",
    "-----Original Message-----", "-------- Message d'origine --------", "-----Ursprüngliche Nachricht-----",
    "-----Mensaje original-----", "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----",
    "------------------ 原始邮件 ------------------", "--------- 원본 메일 ---------",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
]  # fmt: skip


def told_apart(text: str) -> Split:
    return split(as_lines(text))


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


@pytest.mark.parametrize("introduction", [*WROTE, *BLOCKS])
@pytest.mark.parametrize("mark", [str, quoted], ids=["bare", "marked"])
def test_history_below_its_introduction(introduction: str, mark):
    found = told_apart(f"{REPLY}\n\n{introduction}\n\n{mark(HISTORY)}\n")
    assert found.text == REPLY
    assert found.quoted.startswith(introduction.split("\n", maxsplit=1)[0])
    assert "We have sent your parcel." in found.quoted


@pytest.mark.parametrize("introduction", [one for one in WROTE if len(one) > 64 and " " in one[40:60]])
def test_an_introduction_broken_over_two_lines(introduction: str):
    at = introduction.rindex(" ", 0, 64)
    found = told_apart(f"{REPLY}\n\n{introduction[:at]}\n{introduction[at + 1 :]}\n\n{quoted(HISTORY)}\n")
    assert found.text == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "On the other hand, we should be careful.\n\nOn average it works.",
        "I travel:\n\nFrom: Paris\nTo: Lyon\nDate: 12 March 2024\n\nThe train was late by two hours.",
        "De : Paris\nÀ : Lyon\n\nMon train a eu deux heures de retard.",
        "Le 12 mars votre collègue m'a écrit :\n\nvous serez remboursé sous dix jours\n\net depuis, rien.",
        "Le 12 mars 2024 votre collègue a écrit :\n\nvous serez remboursé sous dix jours\n\net depuis, rien.",
        "I read what jo@shop.example wrote:\n\nthat is not true.",
        "Your site says: we deliver in two days.\nIt took nine.",
        "The sum was > 100 and the other < 20.",
        "Points:\n-- the first\n-- the second\n\nThanks!",
        "Notes\n----\n\n1. one\n\n----\n\nThe end of it.",
        "Sent from my desk, it is easier than from my telephone.",
        "Here is the code:\n\n  signature: '--'\n\nDoes it work?",
        "Regards to the whole team for the quick answer, it helped.",
        "Cordialement,\nCamille",
        "Bonne journée,\n\nCordialement,\nCamille Durand\nCommande 4711\nReçue abîmée",
    ],
)
def test_what_a_person_wrote_stays(text: str):
    assert told_apart(text) == Split(text, "", "")


def test_answers_between_quoted_lines_stay_with_what_they_answer():
    text = f"{WROTE[0]}\n> Which colour?\n\nBlue.\n\n> Which size?\n\nThe largest.\n\n> Yours, Jo\n"
    found = told_apart(text)
    assert found.text == "> Which colour?\n\nBlue.\n\n> Which size?\n\nThe largest."
    assert found.quoted == f"{WROTE[0]}\n\n> Yours, Jo"


def test_an_answer_below_the_history():
    found = told_apart(f"{WROTE[3]}\n{quoted(HISTORY)}\n\n{REPLY}\n")
    assert (found.text, found.quoted) == (REPLY, f"{WROTE[3]}\n{quoted(HISTORY)}")


def test_an_answer_above_and_a_word_below():
    found = told_apart(f"{REPLY}\n\n{WROTE[3]}\n{quoted(HISTORY)}\n\nPS : merci")
    assert found.text == f"{REPLY}\n\nPS : merci"


def test_history_in_a_language_we_do_not_know():
    found = told_apart(f"{REPLY}\n\n2024-01-15 14:30 Jo Park <jo@shop.example> qwxyz:\n{quoted(HISTORY)}")
    assert found.text == REPLY


def test_lines_that_lost_their_mark_in_wrapping_are_history():
    found = told_apart(
        f"{REPLY}\n\n{WROTE[0]}\n> a long quoted line that was broken by the mail program of some\none\n> more\n"
    )
    assert found.text == REPLY


@pytest.mark.parametrize("forward", ["---------- Forwarded message ---------\n" + BLOCKS[0], BLOCKS[1]])
def test_what_was_only_forwarded_is_the_text(forward: str):
    alone = told_apart(f"\n{forward}\n\n{HISTORY}")
    assert "We have sent your parcel." in alone.text
    assert alone.quoted == ""
    with_a_word = told_apart(f"See below, please.\n\n{forward}\n\n{HISTORY}")
    assert with_a_word.text == "See below, please."
    assert "We have sent your parcel." in with_a_word.quoted


def test_an_answer_without_a_word_is_empty():
    found = told_apart(f"{WROTE[0]}\n\n{quoted(HISTORY)}")
    assert found.text == ""
    assert "parcel" in found.quoted


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Customer\nExample Ltd\n\n+33 1 23 45 67 89",
        "--\nAnn Customer",
        "Sent from my iPhone",
        "Envoyé de mon iPhone",
        "Envoyé à partir de Outlook pour iOS<https://aka.ms/x>",
        "Obtenez Outlook pour Android",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Sendt fra min iPhone",
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Отправлено с iPhone",
        "发自我的 iPhone",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "Odesláno z iPhonu",
        "Best regards,\n\nAnn Customer\nChief of Everything\nann@example.org",
        "Cordialement,\nAnn Customer\nTél. 01 23 45 67 89",
        "Mit freundlichen Grüßen\nAnn Customer\nMusterweg 1\n12345 Musterstadt",
        "—\nAnn Customer\nwww.example.org",
    ],
)
def test_signatures(signature: str):
    text = "Where is my parcel?\n\nIt should have come on Monday."
    for below in ("", f"\n\n{WROTE[0]}\n\n{quoted(HISTORY)}"):
        found = told_apart(f"{text}\n\n{signature}{below}")
        assert found.text == text
        assert found.signature == signature


def test_a_signature_alone_is_the_text():
    assert told_apart("Sent from my iPhone").text == "Sent from my iPhone"


LINES = st.sampled_from(
    [
        "", " ", "Hello there", "> quoted", ">> deeper", "-- ", "--", "Sent from my iPhone", "Regards,", "Ann",
        WROTE[0], WROTE[4], "wrote:", "From: a@b.example", "Sent: Monday 1/2/2024", "To: b@c.example", "Subject: x",
        "-----Original Message-----", "________________________________", "On 1/2/2024", "<a@b.example>", "yes:",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=120)
@given(st.lists(LINES, max_size=30))
def test_no_line_is_lost_or_doubled(lines: list[str]):
    found = told_apart("\n".join(lines))
    got = re.findall(r"\S+", f"{found.text}\n{found.quoted}\n{found.signature}")
    assert sorted(got) == sorted(re.findall(r"\S+", "\n".join(lines)))


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=400))
def test_any_text_is_kept_whole(text: str):
    found = told_apart(text)
    got = "".join(f"{found.text}{found.quoted}{found.signature}".split())
    assert sorted(got) == sorted("".join(text.split()))
