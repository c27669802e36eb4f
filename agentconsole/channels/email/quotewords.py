"""The words by which mail programs introduce what they quote, in the languages they speak.

Compared in lower case. Where a language has two genders or spellings ("napisał(a)") both are here.
"""

from __future__ import annotations

WROTE = tuple(
    """
wrote|writes|sent|has written
a écrit|a ecrit|écrit|ecrit|a envoyé|écrivait|a rédigé
schrieb|schreibt|geschrieben|schrieben|hat geschrieben|schrieb folgendes
escribió|escribio|escribía|escribe|ha escrito|va escriure|ha escrit
ha scritto|ha scrito|scrive|scriveva|ha scritto quanto segue
schreef|schrijft|geschreven|het volgende geschreven
escreveu|escreve|escreveu o seguinte
napisał|napisała|napisał(a)|napisali|napisał/a|napisał/-a|pisze|napisano
skrev|skriver|skrev følgende|følgende|skrev följande|har skrevet|har skrivit|skrifaði
kirjoitti|kirjoittaa|kirjoitti näin|kirjutas|kirjutas järgmist
написал|написала|написал(а)|написал(-а)|написали|пишет|писал|писала|написав|написала|написав(ла)|пише|написа|пишува
写道|寫道|写到|寫到|写了|寫了|写道|写|寫|撰写|撰寫
のメッセージ|さんは書きました|が書きました|は書きました|書きました|書いた|からのメール|のメール|さんが書きました|さんのメッセージ|wrote
작성|작성함|님이 작성|님이 작성함|님이 씀|씀|님의 말|썼습니다|작성하였습니다|작성했습니다|쓰셨습니다|님의 메시지
napsal|napsala|napsal(a)|napsal/a|napsali|píše|napísal|napísala|napísal(a)|napísal/a
írta|ezt írta|írt|a következőt írta
a scris|a scris următoarele|scrie
yazdı|şunu yazdı|şunları yazdı|tarafından yazıldı|yazmış|yazdi
έγραψε|έγραψε τα εξής|napisao|napisala|je napisao|je napisala|je napisao/la|napisao je|napisala je|je napisal|je napisal(a)
כתב|כתבה|כתב/ה|כתב/ה‫|כתב(ה)|كتب|كتبت|كتب ما يلي|เขียนว่า|เขียน|đã viết|viết|menulis|rakstīja|rašė|parašė|idatzi du
""".strip().replace("\n", "|").split("|")
)
"""What stands at the end of "On … X wrote:"."""

WROTE_INSIDE = (
    "wrote|a écrit|schrieb|schreef|skrev|escribió|ha scritto|escreveu|napisał|napisał(a)|napsal|napsal(a)|heeft"
    "|kirjoitti|написал|написала|пишет|написав|ezt írta|írta|geschrieben|giunto da|from|by|von|par|da|từ"
).split("|")
"""What stands before the name in "Am … schrieb X:"."""

TO_ME = ("m'a écrit", "m’a écrit", "t'a écrit", "wrote me", "wrote to me", "mir geschrieben", "m'a envoyé", "i wrote", "i sent")
"""Sentences of people, not of mail programs."""

STARTS = (
    "on |le |am |el |il |op |em |w dniu|dnia|den |d. |på |ons|на |в |у |the |in data |il giorno |dne |dňa |a |la |tarihinde"
    "|στις |от |fra |från |von |de |da |od |at |vào |pada |ב|في |在 |于|於|в |pe |ma |ti |ke |to |la |su |lu |um "
).split("|")
"""How an introduction begins, where it does not begin with a date."""

FORWARDED = """
forwarded message|begin forwarded message|message transféré|message transmis|message réexpédié|courriel transféré
début du message transféré|début du message réexpédié|transfert|weitergeleitete nachricht|anfang der weitergeleiteten
weitergeleitete e-mail|mensaje reenviado|inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato
doorgestuurd bericht|begin doorgestuurd bericht|mensagem encaminhada|mensagem reencaminhada
início da mensagem encaminhada|início da mensagem reencaminhada|przekazana wiadomość|wiadomość przekazana
początek przekazywanej wiadomości|przesłana dalej|videresendt besked|videresendt melding|videresendt meddelelse
start på videresendt besked|vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti|edelleenlähetetty
пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного|переслане повідомлення
пересылаемое письмо|转发邮件|转发的邮件|被转发的邮件|轉寄郵件|轉寄的郵件|转发邮件信息|転送メッセージ|転送されたメッセージ|転送する
전달된 메시지|전달된 메일|전달 메시지|přeposlaná zpráva|preposlaná správa|továbbított üzenet|továbbított levél
mesaj redirecționat|yönlendirilmiş ileti|iletilen mesaj|προωθημένο μήνυμα|הודעה שהועברה|رسالة معاد توجيهها
""".strip().replace("\n", "|").split("|")  # fmt: skip
"""What stands in the line above a forwarded message."""

ORIGINAL = """
original message|original appointment|reply message|message d'origine|message d’origine|message original
message initial|courriel original|ursprüngliche nachricht|originalnachricht|original-nachricht|antwort nachricht
ursprüngliche mail|mensaje original|messaggio originale|messaggio originario|oorspronkelijk bericht|origineel bericht
mensagem original|wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|oprindelig meddelelse
oprindelig besked|opprinnelig melding|opprinnelig e-post|ursprungligt meddelande|originalmeddelande
alkuperäinen viesti|исходное сообщение|оригинальное сообщение|первоначальное сообщение|оригинал сообщения
початкове повідомлення|оригінальне повідомлення|原始邮件|原始郵件|原邮件|原始信件|邮件原件|元のメッセージ|元のメール
オリジナルメッセージ|원본 메시지|원본 메일|원본메시지|원본메일|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original
orijinal ileti|orijinal mesaj|özgün ileti|αρχικό μήνυμα|оригинално съобщение|originalna poruka|izvirno sporočilo
ההודעה המקורית|الرسالة الأصلية|thư gốc|pesan asli|missatge original
""".strip().replace("\n", "|").split("|")  # fmt: skip
"""What stands in the line above an answered message."""

ABOVE_THIS_LINE = (
    "reply above this line|type your reply above|please reply above|écrivez votre réponse au-dessus|répondre au-dessus"
    "|répondez au-dessus|antworten sie oberhalb|antwort über diese|responda por encima|rispondi sopra|antwoord boven"
    "|responda acima"
).split("|")
"""What helpdesks put above their mail."""

KEYS: dict[str, str] = {}
"""Names of header fields as mail programs translate them, to ``from``, ``date``, ``to``, ``cc`` or ``subject``."""
for _kind, _names in {
    "from": "from|de|von|van|da|od|fra|från|lähettäjä|от|от кого|отправитель|від|发件人|發件人|寄件者|寄件人|發送者|差出人"
    "|送信者|送信元|보낸 사람|보낸사람|보낸이|발신|odesílatel|odosielateľ|feladó|de la|expéditeur|kimden|gönderen|από|מאת"
    "|من|từ|dari|message du|mittente|remitente|afzender|absender|nadawca|frá|nuo|no|saatja|kellelt|šalje|pošiljatelj",
    "date": "date|sent|envoyé|envoyé le|envoyée|date d'envoi|gesendet|datum|gesendet am|inviato|inviato il|data|verzonden"
    "|verzonden op|enviado|enviado el|fecha|enviada|enviada em|enviado em|data de envio|wysłano|wysłane|data wysłania"
    "|sendt|dato|skickat|lähetetty|päivämäärä|päiväys|pvm|отправлено|дата|дата отправки|надіслано|发送时间|發送時間|日期"
    "|时间|時間|寄件日期|傳送時間|送信日時|日時|送信日|日付|보낸 날짜|보낸날짜|날짜|보냄|보낸 시간|odesláno|dátum|odoslané"
    "|elküldve|trimis|tarih|gönderildi|gönderme tarihi|gönderilme|ημερομηνία|στάλθηκε|απεσταλμένα|תאריך|נשלח|التاريخ"
    "|تم الإرسال|ngày|đã gửi|tanggal|dikirim|poslano|изпратено|sent on|sendt den",
    "to": "to|à|a|an|aan|para|do|til|till|vastaanottaja|кому|до|收件人|收件者|宛先|送信先|받는 사람|받는사람|받는이|komu|pro"
    "|címzett|către|kime|alıcı|προς|אל|إلى|đến|kepada|per|al|destinataire|destinatario|empfänger|dla|adresat|za",
    "cc": "cc|copie|copie à|kopie|kopia|copia|cc.|kopi|kopio|копия|копія|抄送|副本|참조|másolat|bilgi|κοιν|עותק|kopie an|cópia",
    "subject": "subject|objet|sujet|betreff|oggetto|onderwerp|asunto|assunto|temat|emne|ämne|aihe|тема|主题|主題|主旨|件名"
    "|제목|předmět|predmet|tárgy|subiect|konu|θέμα|נושא|הנדון|الموضوع|chủ đề|subjek|re|относно|zadeva|teema",
}.items():  # fmt: skip
    KEYS |= dict.fromkeys(_names.split("|"), _kind)

MOBILE = (
    r"sent from (?:my |mobile |yahoo|outlook|mail|proton|samsung|gmail|aol|windows|blackberry|iphone|ipad|android|typeapp"
    r"|acompli|nine|spark|bluemail|the all-new|surface|huawei|xiaomi|galaxy|a samsung|an? |\w+ mobile|\w+ for (?:ios|android))"
    r"|sent (?:via|using|with|by) (?:my |the |outlook|yahoo|gmail|proton|hey|superhuman|spark|mail|airmail|blackberry|\w+ for)"
    r"|(?:get|download|sent from) (?:outlook|boxer|bluemail|yahoo mail|gmail) for "
    r"|envoyé(?:e)? (?:de|depuis|à partir|avec|via|par) |obtene[zr] outlook |télécharge[zr] outlook |provenance : courrier"
    r"|gesendet (?:von|mit|über|via|aus) |von (?:meinem|meiner|unterwegs|mein) .{1,40}gesendet|outlook für .{2,30} (?:beziehen|abrufen|herunterladen)"
    r"|(?:diese nachricht wurde|verfasst|gesendet) (?:von|mit) meine[mr] |holen sie sich outlook"
    r"|enviado (?:desde|do|de|a partir|via|com|por|através|con) |enviada (?:do|a partir|pelo) |obt(?:ener|én|enha|er)(?: o)? outlook |descarga(?:r)? outlook "
    r"|inviato (?:da|dal|dalla|tramite|con) |(?:scarica|ottieni|ottenere) outlook "
    r"|verstuurd (?:vanaf|via|met|vanuit) |verzonden (?:vanaf|met|vanuit|via) |(?:outlook voor|download outlook) "
    r"|wysłan[eoay] (?:z|ze|za|przy) |wysłano (?:z|ze) |(?:pobierz|uzyskaj) (?:program |aplikację )?outlook"
    r"|sendt (?:fra|via|med) |hent outlook |få outlook |skickat (?:från|via|med) |hämta outlook |skaffa outlook |sänt från "
    r"|lähetetty .{2,40}|hanki outlook|отправлено (?:с|из|от|через) |отправлено из |скачать outlook|надіслано (?:з|із|через) "
    r"|发自我的|发自|從我的|从我的|傳送自|发送自|来自我的|获取 ?outlook|取得 ?outlook|iphoneから送信|.{2,20}から送信|私の.{2,20}から送信|outlook を入手|outlook for .{2,10}を"
    r"|나의 .{2,20}에서 보냄|.{2,20}에서 보냄|.{2,20}에서 보낸|outlook 다운로드|보낸 기기"
    r"|odesláno (?:z|ze|od) |odoslané (?:z|zo) |získejte outlook|küldve |.{2,20}-(?:ról|ről) küldve|trimis (?:de pe|din) |.{2,30}(?:ımdan|imden|umdan|ümden|dan|den) gönderildi"
    r"|στάλθηκε από |ενεστάλη από |נשלח מ|أُرسلت من|أرسلت من|đã gửi từ |dikirim dari |poslano (?:z|sa|iz) |enviat des|изпратено от "
)  # fmt: skip
"""How a line that a telephone or a mail program adds begins (a regular expression, lower case)."""

CLOSINGS = frozenset(
    """
regards|best regards|kind regards|warm regards|warmest regards|kindest regards|best|all the best|sincerely|yours sincerely
yours faithfully|yours truly|sincerely yours|respectfully|with kind regards|with best regards|br|kr|rgds|best wishes|cheers|many thanks and regards
cordialement|bien cordialement|très cordialement|cdt|cdlt|bien à vous|sincèrement|salutations|meilleures salutations|sincères salutations
salutations distinguées|bien sincèrement|respectueusement|amicalement|mes salutations distinguées
mit freundlichen grüßen|mit freundlichen gruessen|mit freundlichem gruß|freundliche grüße|freundliche grüsse|mit freundlichen grüssen|mfg|viele grüße|viele grüsse|beste grüße
beste grüsse|liebe grüße|liebe grüsse|lg|vg|herzliche grüße|schöne grüße|hochachtungsvoll|gruß|grüße|mit besten grüßen
saludos|un saludo|saludos cordiales|cordialmente|atentamente|un cordial saludo|reciba un cordial saludo|le saluda atentamente
cordiali saluti|distinti saluti|saluti|un cordiale saluto|cordialmente|tanti saluti
met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|mvg|groeten|groet|hoogachtend|m.v.g.
atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|cordialmente|att|abraços|atentamente
pozdrawiam|z poważaniem|z wyrazami szacunku|serdecznie pozdrawiam|pozdrawiam serdecznie|pozdrowienia
venlig hilsen|med venlig hilsen|mvh|hilsen|vennlig hilsen|med vennlig hilsen|de bedste hilsner|bedste hilsner|beste hilsen
med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|vänligen
ystävällisin terveisin|terveisin|parhain terveisin|t.
с уважением|с наилучшими пожеланиями|всего доброго|з повагою
此致|敬上|此致敬礼|顺祝商祺|敬具|以上|s pozdravem|s přátelským pozdravem|s pozdravom|üdvözlettel|cu stimă|cu respect|saygılarımla|με εκτίμηση|lep pozdrav|srdačan pozdrav|בברכה|مع خالص التحية
""".strip().replace("\n", "|").split("|")
)  # fmt: skip
"""Closing formulas that stand alone on their line. Thanks are no such formula: they are part of what is said."""

NOT_A_SIGNATURE = (
    "commande|order|facture|invoice|bestell|rechnung|pedido|factura|fattura|ordine|bestelnummer|factuur|zamówieni"
    "|fatura|encomenda|reference|référence|dossier|ticket|contrat|contract|vertrag|kundennummer|customer number"
    "|numéro client|n° client|colis|tracking|suivi|заказ|p.s|ps:|ps :|p.-s|nb:|nb :|订单|訂單|注文|주문"
).split("|")
"""Words of what a customer adds below a closing: then it is no signature."""

FOOTERS = ("mailing list", "mailman/listinfo", "unsubscribe", "to unsubscribe", "liste de diffusion")
"""What a mailing list puts below a message."""
