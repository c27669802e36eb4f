"""Line mode: taking the next one, who is at work, and notes that call one."""

from __future__ import annotations

from tests.line.conftest import Run, rows


def test_the_next_one_until_there_is_no_room(run: Run) -> None:
    code, out, _err = run("take", "--json", agent="tom")
    (first,) = rows(out)
    assert (code, first["assignee"], first["state"]) == (0, "tom", "open")
    assert 1 <= first["open"] <= first["capacity"] == 8
    seen = {first["id"]}
    while (answer := run("take", "--json", agent="tom"))[0] == 0:
        (row,) = rows(answer[1])
        assert row["id"] not in seen
        seen.add(row["id"])
    assert answer[0] == 1
    assert "may have no more" in answer[2] or "Nothing waits that fits you" in answer[2]
    assert run("undo", agent="tom")[0] == 0
    code, out, _err = run("take", agent="tom")
    assert code == 1 or f"#{row['id']} " not in out


def test_who_is_at_work(run: Run) -> None:
    assert run("duty", "here", agent="karim")[0] == 0
    assert run("duty", "away", agent="ines")[0] == 0
    people = {row["agent"]: row for row in rows(run("duty", "--json")[1])}
    assert (people["karim"]["state"], people["ines"]["state"]) == ("here", "away")
    assert people["yann"]["state"] == "gone"
    assert people["yann"]["since"] is None
    code, out, err = run("take", agent="ines")
    assert (code, out) == (1, "")
    assert "you are away" in err
    assert run("duty", "gone", agent="ines")[0] == 0
    assert run("duty")[1].startswith("karim ")
    assert run("duty", "asleep")[0] == 2


def test_notes_that_call(run: Run) -> None:
    (row,) = rows(run("next", "--json")[1])
    number = str(row["id"])
    assert run("note", number, "@karim, @Tom Whitaker: who knows?")[0] == 0
    assert [(m["id"], m["author"]) for m in rows(run("mentions", "--json", agent="karim")[1])] == [(row["id"], "lea")]
    assert "who knows?" in run("mentions", agent="tom")[1]
    assert [found["id"] for found in rows(run("search", "is:mentioned", "--json", agent="tom")[1])] == [row["id"]]
    assert run("mentions", "--seen", number, agent="tom")[0] == 0
    assert "No note calls you." in run("mentions", agent="tom")[1]
    assert run("mentions", "--seen", number, agent="tom")[0] == 1
    assert rows(run("mentions", "--json", agent="karim")[1])
