"""How much of one message is looked at, so that no message can hang or fill the console.

What lies beyond a limit is never thrown away: the original is kept whole, and the reader warns. Every step of
reading takes time and memory in proportion to the size of the message times :data:`MAX_DEPTH` at worst.
"""

MAX_RAW = 100_000_000
"""Bytes of one message that are parsed."""
MAX_HEADER_BYTES = 512_000
"""Bytes of one block of header fields."""
MAX_FIELDS = 2_000
"""Header fields in one block."""
MAX_FIELD = 100_000
"""Bytes of one header field that are decoded."""
MAX_PARAMETERS = 200
"""Parameters in one Content-Type or Content-Disposition."""
MAX_ADDRESSES = 500
"""Addresses taken from one header field."""
MAX_REFERENCES = 100
"""Ids taken from References, the nearest ones."""
MAX_ID = 250
"""Characters of a Message-ID; a longer one is replaced by its hash."""
MAX_SUBJECT = 2_000
"""Characters of a subject."""
MAX_DEPTH = 25
"""Levels of multiparts within one another."""
MAX_PARTS = 1_000
"""Parts of one message."""
MAX_DELIMITERS = 50_000
"""Lines that look like a delimiter, examined in one multipart."""
MAX_SEARCHED = 20_000
"""Lines of text in which quoted history may begin; what follows unquoted stays text."""
MAX_TEXT = 2_000_000
"""Characters of text taken from one message; the rest becomes an attachment."""
MAX_HTML = 1_500_000
"""Characters of HTML that are laid out; the tags of the rest are only cut out."""
MAX_LINK = 2_000
"""Characters of an address shown beside a link."""
MAX_REASON = 500
"""Characters of the reason in a bounce."""
