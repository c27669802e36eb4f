"""Where reading a mailbox goes on: each folder's UIDVALIDITY and last UID (RFC 3501, 2.3.1.1), as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """How far one folder has been read.

    :param validity: UIDVALIDITY that the UIDs belong to.
    :param uid: the last UID that was read or passed over.
    :param first: the last UID that was there when the folder was first seen: of those up to it only the ones
        that arrived ``since`` then are read.
    :param since: the day of the server's arrival time that the first import goes back to.
    """

    validity: int
    uid: int
    first: int
    since: date


@dataclass(frozen=True, slots=True)
class Cursor:
    """The places of all folders, by name as people write it."""

    places: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        """The cursor of a :meth:`dump`; an empty one for ``None`` and for what is no cursor of ours.

        Reading a mailbox from the beginning is always safe: the desk knows each message by its id.
        """
        try:
            data: Any = json.loads(text or "")
            if data["version"] != _VERSION:
                return cls()
            return cls({name: _place(place) for name, place in data["folders"].items()})
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def dump(self) -> str:
        """JSON that :meth:`parse` reads back."""
        folders = {name: asdict(place) | {"since": place.since.isoformat()} for name, place in self.places.items()}
        return json.dumps({"version": _VERSION, "folders": folders}, ensure_ascii=False, sort_keys=True)

    def at(self, folder: str, place: Place) -> Cursor:
        """This cursor with one folder elsewhere."""
        return Cursor({**self.places, folder: place})


def _place(data: dict[str, Any]) -> Place:
    return Place(int(data["validity"]), int(data["uid"]), int(data["first"]), date.fromisoformat(data["since"]))
