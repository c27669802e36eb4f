"""Colours: calm and dark, light, high contrast, and the terminal's own where NO_COLOR asks for none."""

from __future__ import annotations

from textual.theme import Theme

PLAIN = "agentconsole-plain"
"""The terminal's own colours: what NO_COLOR gets."""

_PLAIN_VARIABLES = {
    "late": "ansi_default",
    "due": "ansi_default",
    "ok": "ansi_default",
    "note": "ansi_default",
    "faint": "ansi_default",
    "line": "ansi_default",
    "row": "ansi_default",
    "row-blurred": "ansi_default",
    "bar": "ansi_default",
}


def _theme(name: str, *, dark: bool, accent: str, ground: str, text: str, **variables: str) -> Theme:
    return Theme(
        name=name,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=variables["due"],
        error=variables["late"],
        success=variables["ok"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=variables["bar"],
        dark=dark,
        text_alpha=1.0,
        variables={
            **variables,
            "scrollbar": variables["line"],
            "scrollbar-hover": variables["faint"],
            "scrollbar-active": accent,
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-selection-background": variables["row"],
        },
    )


THEMES = (
    _theme(
        "agentconsole", dark=True, accent="#7fb4ca", ground="#16181d", text="#d5d8df",
        late="#e8747c", due="#dcb56a", ok="#8fb573", note="#c9a96b", faint="#7d8492", line="#343945",
        row="#2a3442", bar="#1d2027", **{"row-blurred": "#21262f"},
    ),
    _theme(
        "agentconsole-light", dark=False, accent="#1b6384", ground="#fbfaf7", text="#24272d",
        late="#b3202c", due="#8a5a00", ok="#3c6e1f", note="#76540b", faint="#6a6f7a", line="#cfcfc9",
        row="#d8e6ee", bar="#f0efea", **{"row-blurred": "#eae9e3"},
    ),
    _theme(
        "agentconsole-contrast", dark=True, accent="#5fd7ff", ground="#000000", text="#ffffff",
        late="#ff7070", due="#ffdf5f", ok="#87ff5f", note="#ffdf87", faint="#d0d0d0", line="#909090",
        row="#00446a", bar="#000000", **{"row-blurred": "#303030"},
    ),
    Theme(
        name=PLAIN, primary="ansi_default", secondary="ansi_default", accent="ansi_default", warning="ansi_default",
        error="ansi_default", success="ansi_default", foreground="ansi_default", background="ansi_default",
        surface="ansi_default", panel="ansi_default", boost="ansi_default", ansi=True,
        variables={
            **_PLAIN_VARIABLES,
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "border-blurred": "ansi_default",
            "scrollbar": "ansi_default",
            "scrollbar-hover": "ansi_default",
            "scrollbar-active": "ansi_default",
            "scrollbar-background": "ansi_default",
            "scrollbar-background-hover": "ansi_default",
            "scrollbar-background-active": "ansi_default",
            "scrollbar-corner-color": "ansi_default",
            "input-cursor-background": "ansi_default",
            "input-cursor-foreground": "ansi_default",
            "input-selection-background": "ansi_default",
            "input-selection-foreground": "ansi_default",
            "screen-selection-background": "ansi_default",
            "screen-selection-foreground": "ansi_default",
        },
    ),
)  # fmt: skip

DEFAULTS = dict.fromkeys(_PLAIN_VARIABLES, "ansi_default")
"""Our own variables for themes that do not know them: see :meth:`Console.get_theme_variable_defaults`."""


def names() -> list[str]:
    """The themes that `theme` in agentconsole.toml may name: ours first, then Textual's."""
    from textual.theme import BUILTIN_THEMES

    ours = [theme.name for theme in THEMES if theme.name != PLAIN]
    return [*ours, *sorted(name for name in BUILTIN_THEMES if name not in ours)]
