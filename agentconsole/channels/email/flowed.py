"""format=flowed (RFC 3676): paragraphs put together again."""

from __future__ import annotations


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Join the lines that a mail program broke softly.

    :param text: decoded text with ``\\n`` as line break.
    :param delsp: the DelSp parameter: the blank before a soft break is not part of the text.
    :returns: one line a paragraph; quoted lines begin with as many ``>`` as they had, and a blank.
    """
    out: list[str] = []
    paragraph: list[str] = []
    depth_before = -1
    for line in text.split("\n"):
        depth, content = _unquoted(line)
        soft = content.endswith(" ") and content != "-- "
        if paragraph and (depth != depth_before or content == "-- "):
            out.append(_mark(depth_before) + "".join(paragraph).rstrip(" "))
            paragraph = []
        paragraph.append(content[:-1] if soft and delsp else content)
        if not soft:
            out.append(_mark(depth) + "".join(paragraph))
            paragraph = []
        depth_before = depth
    if paragraph:
        out.append(_mark(depth_before) + "".join(paragraph).rstrip(" "))
    return "\n".join(out)


def _unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what it says without the marks and the stuffed blank."""
    content = line.lstrip(">")
    depth = len(line) - len(content)
    return depth, content[1:] if content.startswith(" ") else content


def _mark(depth: int) -> str:
    return ">" * depth + " " if depth else ""
