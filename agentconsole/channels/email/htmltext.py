"""HTML mail as readable text: links visible, lists and tables as lines, history and signature marked.

A scanner over tags, not a tree: lxml silently drops what lies deeper than 256 elements (2 048 with
``huge_tree``) and ``html.parser`` takes quadratic time on malformed tags, while mail is often both deep and
broken. Nothing here recurses, and each character is looked at a fixed number of times.
"""

from __future__ import annotations

import re
from html import unescape

from agentconsole.channels.email import limits
from agentconsole.channels.email.charsets import storable
from agentconsole.channels.email.lines import Line, Mark

_TAG = re.compile(
    r"""<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})"""
    r"""((?:[^<>"']+|"[^"<]*"|'[^'<]*'|"[^"<]*<[^"<]*"|'[^'<]*<[^'<]*'|["']){0,120}+)>|([!?][^<>]*>))"""
)
"""A tag, a comment's beginning or a declaration. Possessive and bounded, so that no tag is tried twice."""
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:][-a-zA-Z0-9_:.]{0,60})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_SCHEME = re.compile(r"(?:https?|ftp|mailto|tel|sms|whatsapp):", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{12,};?")
_SPACE = re.compile(r"[ \t\n\r\f]+")
MAX_REGIONS = 200
"""Elements with a meaning of their own (quoted, hidden, a signature) that may be open at once."""
_SILENT = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "template", "xml")}
_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr")
)
_BLOCK = frozenset(
    """
    address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4
    h5 h6 header html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905 - a list of forty literals is harder to read
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"))
_INLINE = ("hidden", "pre")
_HISTORY = re.compile(
    r"yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|OLK_SRC_BODY_SECTION|messageReplySection|iosymail"
    r"|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|moz-email-headers-table"
    r"|quote-container|gmx_quote|mailQuote|tinymce_quote|isReplyContent|zm_quote|hm_quote",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-(?:mobile|ios|android)-signature|AppleMailSignature"
    r"|protonmail_signature_block(?!-empty)|(?:^|[\s_])signature$|pre_signature|zmail_signature",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0|medium none)", re.IGNORECASE)
_TIGHT = re.compile(r"mso|margin(?:-top)?\s*:\s*0", re.IGNORECASE)
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)


def html_lines(html: str) -> list[Line]:
    """The text of an HTML document as a person would read it, line by line.

    :param html: source, at most :data:`limits.MAX_HTML` characters of which are laid out. Elements that are not
        displayed are left out, unless one is never closed: then nothing is.
    :returns: lines with single blank lines between paragraphs; a link reads ``text <https://…>`` where its text
        does not show the address already, an image ``[its description]``.
    """
    head, rest = html[: limits.MAX_HTML], html[limits.MAX_HTML :]
    layout = _Layout()
    if not layout.read(head):
        layout = _Layout(show_hidden=True)
        layout.read(head)
    lines = layout.lines()
    if rest:
        lines += [Line(one) for one in unescaped(re.sub(r"<[^<>]*>", " ", rest)).split("\n")]
    return lines


def unescaped(text: str) -> str:
    """Text with its character references resolved."""
    if "&" not in text:
        return text
    try:
        return storable(unescape(text))
    except ValueError:  # a number with more digits than int() takes
        return storable(unescape(_LONG_NUMBER.sub("\ufffd", text)))


class _Layout:
    """The state of laying out: the line under way, and the open elements that matter."""

    def __init__(self, *, show_hidden: bool = False) -> None:
        self._show_hidden = show_hidden
        self._lines: list[Line] = []
        self._line: list[str] = []
        self._blank_wanted = False
        self._open: dict[str, int] = {}
        self._regions: list[tuple[str, int, str]] = []  # tag, how many of it were open, what it means
        self._means: dict[str, int] = {}
        self._lists: list[int] = []
        self._link: tuple[str, int, int] | None = None
        self._tight = False
        self._never_closed: set[str] = set()

    def read(self, html: str) -> bool:
        """Lay out a document; False where a hidden element was left open."""
        place = 0
        while (match := _TAG.search(html, place)) is not None:
            self._text(html[place : match.start()])
            place = match.end()
            comment, closing, name, attributes, _other = match.groups()
            if comment:
                place = self._after_comment(html, place)
            elif name is None:
                continue
            elif (name := name.lower()) in _SILENT:
                place = place if closing else self._after_silent(html, place, name)
            elif closing:
                self._close(name)
            else:
                self._open_tag(name, attributes)
        self._text(html[place:])
        self._end_link()
        return not self._hides()

    def _after_comment(self, html: str, place: int) -> int:
        end = -1 if "--" in self._never_closed else html.find("-->", place - 2)
        if end < 0:
            self._never_closed.add("--")
        return end + 3 if end >= 0 else place

    def _after_silent(self, html: str, place: int, name: str) -> int:
        """Where a script and the like ends; one that is never closed is shown."""
        end = None if name in self._never_closed else _SILENT[name].search(html, place)
        if end is None:
            self._never_closed.add(name)
        return end.start() if end else place

    def _hides(self) -> bool:
        return bool(self._means.get("hidden")) and not self._show_hidden

    def lines(self) -> list[Line]:
        """What was laid out."""
        self._break()
        while self._lines and not self._lines[-1].text:
            self._lines.pop()
        return self._lines

    def _text(self, raw: str) -> None:
        if not raw or self._hides():
            return
        text = unescaped(raw)
        if self._means.get("pre"):
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._line.append(first)
            for other in others:
                self._break(keep=True)
                self._line.append(other)
            return
        text = _SPACE.sub(" ", text)
        if text == " " and not self._line:
            return
        if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
            text = text[1:]
        if text:
            self._line.append(text)

    def _break(self, *, keep: bool = False) -> None:
        """End the line under way; ``keep`` an empty one."""
        raw = "".join(self._line)
        text = raw.replace("\u00a0", " ")
        text = text if self._means.get("pre") else text.strip(" ")
        self._line.clear()
        if not text.strip() and not keep and raw == text:  # a no-break space alone makes an empty line
            return
        text = text.rstrip(" ")
        mark, depth = self._mark(), self._means.get("block", 0) + self._means.get("history", 0)
        blank = not text.strip("\u200b\u200c\ufeff ")
        if (self._blank_wanted or blank) and self._lines and self._lines[-1].text:
            self._lines.append(Line("", mark if blank else min(mark, self._lines[-1].mark), depth))
        self._blank_wanted = False
        if not blank:
            self._lines.append(Line(text, mark, depth))

    def _mark(self) -> Mark:
        means = self._means
        if not means:
            return Mark.NONE
        if means.get("history"):
            return Mark.HISTORY
        if means.get("block"):
            return Mark.BLOCK
        if means.get("introduction"):
            return Mark.INTRODUCTION
        return Mark.SIGNATURE if means.get("signature") else Mark.NONE

    def _open_tag(self, name: str, attributes: str) -> None:
        if name == "br":
            self._break(keep=True)
            return
        if name in ("td", "th"):
            if self._line and not self._line[-1].endswith(" "):
                self._line.append("  ")
        elif name in _BLOCK:
            self._break()
            self._tight = bool(attributes and _TIGHT.search(attributes[:500]))
            self._blank_wanted |= name in _SPACED and not self._tight
        if name in _VOID:
            self._void(name, attributes)
            return
        self._open[name] = self._open.get(name, 0) + 1
        if attributes or name in ("blockquote", "pre"):
            self._enter(name, attributes)
        if name in ("ul", "ol"):
            self._lists.append(0 if name == "ol" else -1)
        elif name == "li":
            self._item()

    def _item(self) -> None:
        indent = "  " * min(len(self._lists) - 1, 8)
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._line.append(f"{indent}{self._lists[-1]}. ")
        else:
            self._line.append(f"{indent}- ")

    def _enter(self, name: str, attributes: str) -> None:
        """Note what an element means, by its name, class, id and style."""
        given = _attributes(attributes)
        names, style = (
            f"{given.get('class', '')} {given.get('id', '')} {given.get('name', '')}",
            given.get("style", ""),
        )
        means = ""
        if _HIDDEN.search(style):
            means = "hidden"
        elif name == "blockquote" and not _INDENT.search(style):
            means = "history" if given.get("type", "").lower() == "cite" else "block"
        elif name == "pre" or _PRE.search(style):
            means = "pre"
        elif names.strip():
            means = _meaning(names)
        if means and len(self._regions) < MAX_REGIONS:
            if means not in _INLINE:
                self._break()
            self._regions.append((name, self._open[name], means))
            self._means[means] = self._means.get(means, 0) + 1
        if name == "a" and given.get("href"):
            self._end_link()
            self._link = ("".join(unescaped(given["href"]).split()), len(self._lines), len(self._line))

    def _void(self, name: str, attributes: str) -> None:
        if name == "hr":
            self._break()
            self._line.append("_" * 32)
            self._break()
        elif name == "img":
            given = _attributes(attributes)
            described = _SPACE.sub(" ", given.get("alt", "")[:500]).strip()
            if described or given.get("src", "").lower().startswith("cid:"):
                self._text(f"[{described or 'image'}]")

    def _close(self, name: str) -> None:
        count = self._open.get(name, 0)
        if name in ("br", "p") and not count:  # browsers take a stray </p> or </br> as a line break
            self._break(keep=True)
            return
        if not count:
            return
        if name == "a":
            self._end_link()
        if name in _BLOCK:
            self._break()
            self._blank_wanted |= name in _SPACED and not self._tight
        while self._regions and any(tag == name and at >= count for tag, at, _means in self._regions):
            _tag, _at, means = self._regions.pop()
            if means not in _INLINE:
                self._break()
            self._means[means] -= 1
        self._open[name] = count - 1
        if name in ("ul", "ol") and self._lists:
            self._lists.pop()

    def _end_link(self) -> None:
        """Put a link's address behind its text, unless the text shows it already."""
        if self._link is None or self._hides():
            self._link = None
            return
        href, line, piece = self._link
        self._link = None
        here = self._line[piece:] if line == len(self._lines) else self._line
        shown = " ".join(one.text for one in self._lines[line:]) + "".join(here)
        address = href[7:].partition("?")[0] if href.lower().startswith("mailto:") else href
        if len(address) > limits.MAX_LINK or not _SCHEME.match(href) or _bare(address) in _bare(shown):
            return
        gap = "" if not self._line or self._line[-1].endswith(" ") else " "
        self._line.append(f"{gap}<{storable(address).replace('>', '%3E')}>")


def _bare(address: str) -> str:
    """An address or a link's text as they are compared: without scheme, ``www.``, final slash and case."""
    text = "".join(address.split()).lower()
    return re.sub(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", "", text).rstrip("/")


def _attributes(source: str) -> dict[str, str]:
    """An element's attributes, the first of each name; values still escaped."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(source[:20_000]):
        found.setdefault(name.lower(), double or single or bare)
    return found


def _meaning(names: str) -> str:
    if _INTRODUCTION.search(names):
        return "introduction"
    if _HISTORY.search(names):
        return "history"
    return "signature" if _SIGNATURE.search(names.strip()) else ""
