"""The catalogues of agentconsole/locale: extract the program's messages, merge, fill in, compile.

    catalogues.py update        messages of the program into every language; says what lacks
    catalogues.py missing       what is not translated, as JSON: {message: ""}, plural {one: ["", ""]}
    catalogues.py fill FR.json  the same JSON with translations, read back ("-" for standard input)
    catalogues.py compile       .mo beside each .po

A message with a context is written ``context|message`` in the JSON where the message alone is not unique.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "agentconsole"
sys.path.insert(0, str(ROOT))

from agentconsole.i18n import DOMAIN, LANGUAGES, LOCALES, compile_catalogue  # noqa: E402 (needs the path above)

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
HEADER = """\
# Translations of agentconsole.
# Terms and habits: docs/translating.md. Messages are merged by `python tools/catalogues.py update`."""


def extract() -> Catalog:
    """Every message of the program."""
    found = Catalog(domain=DOMAIN, project="agentconsole", header_comment=HEADER, fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        PACKAGE,
        [("**.py", _python)],  # type: ignore[list-item]  # a function will do too, although its types do not say so
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
    ):
        found.add(message, None, [(f"agentconsole/{name}", line)], auto_comments=comments, context=context)
    return found


def _python(file: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Babel's messages of a module, and those within f-strings, which Babel finds from Python 3.12 on only."""
    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    for string in ast.walk(ast.parse(file.read())):
        for node in ast.walk(string) if isinstance(string, ast.JoinedStr) else ():
            match node:
                case ast.Call(func=ast.Name(id=called), args=[*texts]) if called in keywords:
                    found = tuple(text.value if isinstance(text, ast.Constant) else None for text in texts)
                    yield node.lineno, called, found if len(found) > 1 else found[0], []


def source_of(language: str) -> Path:
    """The .po file of a language."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    path = source_of(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN, project="agentconsole", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def write(language: str, catalogue: Catalog) -> None:
    """Write and compile. Line numbers are left out, so that a catalogue changes only when a message does."""
    path = source_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.header_comment = HEADER
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, include_lineno=False, ignore_obsolete=True, sort_by_file=True)
    compile_catalogue(path)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the catalogue's head."""
    return (message for message in catalogue if message.id)


def untranslated(catalogue: Catalog) -> list[Message]:
    """Messages without a translation, with one of their plural forms empty, or fuzzy."""
    return [m for m in messages(catalogue) if m.fuzzy or not all(strings(m)) or not strings(m)]


def strings(message: Message) -> tuple[str, ...]:
    """The translation, one text a plural form."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def _key(message: Message, catalogue: Catalog) -> str:
    one = message.id if isinstance(message.id, str) else message.id[0]
    same = [m for m in messages(catalogue) if one == (m.id if isinstance(m.id, str) else m.id[0])]
    return f"{message.context}|{one}" if message.context and (len(same) > 1 or "|" in one) else one


def update() -> None:
    """Merge the program's messages into every language."""
    template = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        write(language, catalogue)
        lacking = untranslated(catalogue) if language != "en" else []
        print(f"{language}: {len(list(messages(catalogue)))} messages, {len(lacking)} to translate")
        for message in lacking:
            places = sorted({place for place, _ in message.locations})
            print(f"  {_key(message, catalogue)!r}   ({', '.join(places)})")


def missing(language: str) -> dict[str, str | list[str]]:
    """What :func:`fill` takes, with empty translations."""
    catalogue = read(language)
    return {_key(m, catalogue): "" if isinstance(m.id, str) else ["", ""] for m in untranslated(catalogue)}


def fill(language: str, given: dict[str, str | list[str]]) -> list[str]:
    """Put translations into the catalogue; the keys that it does not have are returned."""
    catalogue = read(language)
    by_key = {_key(message, catalogue): message for message in messages(catalogue)}
    for key, translation in given.items():
        if key in by_key and translation:
            by_key[key].string = translation if isinstance(translation, str) else tuple(translation)
            by_key[key].flags.discard("fuzzy")
    write(language, catalogue)
    return sorted(given.keys() - by_key.keys())


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["update", "missing", "fill", "compile"])
    parser.add_argument("file", nargs="?", default="-")
    parser.add_argument("--language", default="fr", choices=LANGUAGES)
    given = parser.parse_args()
    if given.verb == "update":
        update()
    elif given.verb == "missing":
        print(json.dumps(missing(given.language), ensure_ascii=False, indent=2))
    elif given.verb == "fill":
        text = sys.stdin.read() if given.file == "-" else Path(given.file).read_text(encoding="utf-8")
        unknown = fill(given.language, json.loads(text))
        for key in unknown:
            print(f"no such message: {key!r}", file=sys.stderr)
        return bool(unknown)
    else:
        for language in LANGUAGES:
            compile_catalogue(source_of(language))
    return 0


if __name__ == "__main__":
    sys.exit(main())
