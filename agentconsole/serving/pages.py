"""The pages: the login, the console's own, and what every answer says to the browser. No script in a page, no foreign
host, nothing kept."""

from __future__ import annotations

from html import escape
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from textual_serve import server as textual_serve

from agentconsole import i18n
from agentconsole.i18n import _

STATIC = Path(__file__).parent / "static"
THEIRS = Path(textual_serve.__file__).parent / "static"
"""xterm.js with what speaks textual-serve's protocol, its style sheet and fonts."""
_PROGRAM = "agentconsole"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Server": "agentconsole",
}
"""Of every answer. xterm.js writes style elements of its own, so styles may be inline; scripts may not."""


def language_of(accepted: str) -> str:
    """The language for a browser, from its ``Accept-Language``: one that the console speaks."""
    wanted = [part.partition(";")[0].strip().replace("-", "_") for part in accepted[:200].split(",")]
    try:
        return (negotiate_locale(wanted, list(i18n.LANGUAGES)) or "en").partition("_")[0]
    except (ValueError, UnknownLocaleError):
        return "en"


def login(brand: str, csrf: str, wrong: str = "", name: str = "") -> str:
    """The login page. :param wrong: what was wrong, a sentence. :param name: what was typed as the name."""
    said = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""<main class="login"><h1>{escape(brand or _PROGRAM)}</h1>{said}
<form method="post" action="/login">
<input type="hidden" name="csrf" value="{escape(csrf)}">
<label>{escape(_("Login"))}<input name="name" value="{escape(name)}" autocomplete="username" required autofocus
 maxlength="200" autocapitalize="none" spellcheck="false"></label>
<label>{escape(_("Password"))}<input name="password" type="password" autocomplete="current-password" required
 maxlength="1000"></label>
<button>{escape(_("Log in"))}</button>
</form></main>"""
    return _page(brand, body)


def console(brand: str, name: str, csrf: str, socket: str) -> str:
    """The console's page. :param socket: the address of its websocket."""
    over = escape(_("The console has ended."))
    without = escape(_("The console itself needs JavaScript; agentconsole also works in line mode."))
    again, leave = escape(_("Open it again")), escape(_("Log out"))
    body = f"""<div id="terminal" class="textual-terminal" data-session-websocket-url="{escape(socket)}"
 data-font-size="16" role="application" aria-label="agentconsole"></div>
<noscript><p class="over">{without}</p></noscript>
<div class="over closed-dialog"><p role="status">{over}</p>
<p><a class="button" href="/">{again}</a></p>
<form method="post" action="/logout"><input type="hidden" name="csrf" value="{escape(csrf)}">
<button>{leave} ({escape(name)})</button></form></div>"""
    head = '<link rel="stylesheet" href="/static/css/xterm.css"><script src="/static/js/textual.js"></script>'
    head += '<script src="/own/console.js" defer></script>'
    return _page(brand, body, head, kind="console")


def plain(brand: str, said: str, there: str = "") -> str:
    """A page that says one thing. :param there: an address to go to."""
    link = f'<p><a class="button" href="{escape(there)}">{escape(there)}</a></p>' if there else ""
    over = escape(brand or _PROGRAM)
    return _page(brand, f'<main class="login"><h1>{over}</h1><p role="alert">{escape(said)}</p>{link}</main>')


def _page(brand: str, body: str, head: str = "", kind: str = "words") -> str:
    return f"""<!doctype html>
<html lang="{escape(Locale.parse(i18n.language()).language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(" · ".join(filter(None, (brand, _PROGRAM))))}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/own/console.css">{head}</head>
<body class="{kind}">{body}</body></html>
"""
