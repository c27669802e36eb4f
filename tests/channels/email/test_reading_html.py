"""HTML mail as text that a person can read, with history and signature told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.channels.email.htmltext import html_lines
from agentconsole.channels.email.quotes import Split, split
from agentconsole.channels.email.reading import read

WROTE = "On Mon, Jan 15, 2024 at 2:30 PM Jo &lt;jo@shop.example&gt; wrote:"


def shown(html: str) -> str:
    return "\n".join(line.text for line in html_lines(html))


def told_apart(html: str) -> Split:
    return split(html_lines(html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("<p class=MsoNormal>One</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Two</p>", "One\n\nTwo"),
        ("a\n  b <b>c</b>\td", "a b c d"),
        ("x<style>p{}</style><script>alert(1)</script><!-- no -->y", "xy"),
        ("<!--[if mso]><p>Office</p><![endif]-->Text", "Text"),
        ("5 &lt; 6 &amp;&nbsp;7 &eacute;&#233;", "5 < 6 & 7 éé"),
        ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n1. c\n2. d"),
        (
            "<table><tr><td>Item</td><td>Price</td></tr><tr><td>Cup</td><td>5 €</td></tr></table>",
            "Item  Price\nCup  5 €",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a <span style='display:none'>secret</span>b", "a b"),
        ("a <span style='display:none'>never closed", "a never closed"),
        ("<img alt='A cup' src=x><img src='cid:1'><img src='http://t.example/p.gif'>", "[A cup][image]"),
        ("<title>Never closed", "Never closed"),
        ("2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
        ("<a title='a > b' href='#x'>t</a>", "t"),
        ("<div><div>deep</div>", "deep"),
        ("<p>un<b>closed", "unclosed"),
    ],
)
def test_layout(html: str, text: str):
    assert shown(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://shop.example/o/1">your order</a>', "your order <https://shop.example/o/1>"),
        ('<a href="https://shop.example/">shop.example</a>', "shop.example"),
        ('<a href="https://www.shop.example">https://www.shop.example</a>', "https://www.shop.example"),
        (
            '<a href="https://evil.example/x">https://bank.example</a>',
            "https://bank.example <https://evil.example/x>",
        ),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="mailto:a@b.example?subject=x">Write to us</a>', "Write to us <a@b.example>"),
        ('<a href="tel:+33123456789">Call</a>', "Call <tel:+33123456789>"),
        ('<a href="javascript:alert(1)">Click</a>', "Click"),
        ('<a href="#top">Top</a>', "Top"),
        ('<a href="https://x.example/?a=1&amp;b=2">q</a>', "q <https://x.example/?a=1&b=2>"),
        ('<a href="https://x.example/a"><img src=y></a>', "<https://x.example/a>"),
        (
            '<a href="https://x.example/a">one<a href="https://x.example/b">two',
            "one <https://x.example/a>two <https://x.example/b>",
        ),
    ],
)
def test_links_are_visible(html: str, text: str):
    assert shown(html) == text


@pytest.mark.parametrize(
    "html",
    [
        f'<div>Thanks</div><div class="gmail_quote"><div class="gmail_attr">{WROTE}<br></div>'
        '<blockquote class="gmail_quote" style="border-left:1px solid #ccc">Old words</blockquote></div>',
        f'<div>Thanks</div><div class="gmail_quote">{WROTE}<div>Old words</div></div>',
        f"Thanks<div>{WROTE}</div><blockquote><div>Old words</div></blockquote>",
        f'<p>Thanks</p><blockquote type="cite"><div>{WROTE}</div><div>Old words</div></blockquote>',
        '<p>Thanks</p><blockquote type="cite">Old words</blockquote>',
        '<div>Thanks</div><div class="yahoo_quoted"><div>Old words</div></div>',
        '<div>Thanks</div><div class="gmail_attr">Qwerty asdf zxcv</div><blockquote>Old words</blockquote>',
        '<div>Thanks</div><hr><div id="divRplyFwdMsg"><b>De :</b> Jo &lt;jo@shop.example&gt;<br><b>Envoyé :</b> lundi '
        "15 janvier 2024 14:30<br><b>À :</b> Ann<br><b>Objet :</b> Colis</div><div>Old words</div>",
        "<p class=MsoNormal>Thanks</p><div style='border-top:solid'><p class=MsoNormal><b>From:</b> "
        "Jo [mailto:jo@shop.example]"
        "<br><b>Sent:</b> Monday, January 15, 2024<br><b>To:</b> Ann<br><b>Subject:</b> Parcel</p></div>"
        "<p>Old words</p>",
    ],
    ids=["gmail", "gmail div", "apple", "cite around", "cite", "yahoo", "attr", "outlook web", "outlook"],
)
def test_history_in_html(html: str):
    found = told_apart(html)
    assert found.text == "Thanks"
    assert "Old words" in found.quoted


def test_answers_between_html_quotes_stay():
    found = told_apart(
        f'<div class="gmail_quote"><div class="gmail_attr">{WROTE}</div><blockquote>Which colour?</blockquote></div>'
        "<div>Blue.</div><blockquote>Which size?</blockquote><div>The largest.</div>"
    )
    assert found.text == "> Which colour?\n\nBlue.\n\n> Which size?\n\nThe largest."


def test_an_indented_block_is_no_history():
    assert told_apart("<p>I quote your terms:</p><blockquote>14 days</blockquote><p>So?</p>").quoted == ""
    assert (
        told_apart('Look<blockquote style="margin:0 0 0 40px;border:none">indented</blockquote>').text
        == "Look\nindented"
    )


@pytest.mark.parametrize(
    "signature",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">Ann<br>Example Ltd</div>',
        '<div id="Signature"><p>Ann</p><p>Example Ltd</p></div>',
        '<pre class="moz-signature">-- \nAnn\nExample Ltd</pre>',
        '<div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o">Outlook for Android</a></div>',
        '<div id="AppleMailSignature">Envoyé de mon iPhone</div>',
    ],
)
def test_signatures_in_html(signature: str):
    found = told_apart(f"<div>Where is it?</div>{signature}")
    assert found.text == "Where is it?"
    assert found.signature


def test_only_html_gives_text_and_says_so():
    reading = read(b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n<p>Caf\xc3\xa9</p>")
    assert (reading.text, reading.html) == ("Café", True)


def test_a_charset_only_the_html_names():
    body = '<meta charset="windows-1251"><p>Привет</p>'.encode("cp1251")
    assert read(b"From: a@b.example\nContent-Type: text/html\n\n" + body).text == "Привет"


WORDS = st.text("abcdefghij", min_size=1, max_size=8)
TAGS = st.sampled_from(
    ["b", "i", "div", "p", "span", "td", "tr", "table", "blockquote", "ul", "li", "pre", "font", "h1"]
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(TAGS, WORDS, st.booleans()), max_size=20))
def test_no_word_is_lost_whatever_is_left_open(pieces: list[tuple[str, str, bool]]):
    html = "".join(f"<{tag}> {word} " + (f"</{tag}>" if closed else "") for tag, word, closed in pieces)
    found = told_apart(html)
    got = f"{found.text} {found.quoted} {found.signature}".replace(">", " ").replace("-", " ").split()
    assert [word for word in got if word.isalpha()] == [word for _tag, word, _closed in pieces]


@settings(deadline=None, max_examples=120)
@given(st.text("<>/!-=\"'& ;#ax\n\u00a0é", max_size=300))
def test_any_source_is_laid_out(html: str):
    for line in html_lines(html):
        assert "\n" not in line.text
