"""Reading macros: what is broken says why and where, and hides no other."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import Config
from agentconsole.desk.macros.reading import MAX_BYTES, check
from agentconsole.errors import NotFound, UsageError
from tests.desk.macros.shelf import LATE, shelf, touch, write

STARTERS = Path(__file__).resolve().parents[3] / "macros"
HELLO = 'title = "Hello"\nbody = "Hello {{ customer.first_name }}"\n'


def problems(text: str) -> list[str]:
    return [str(problem) for problem in check(text)[1]]


def test_a_library_reads_folders_in_folders(tmp_path: Path) -> None:
    write(tmp_path / "macros", "fr/livraison-retard", LATE)
    write(tmp_path / "macros", "hello", HELLO)
    library = shelf(tmp_path / "macros")
    assert [macro.name for macro in library.macros] == ["fr/livraison-retard", "hello"]
    assert library.get("fr/livraison-retard").file.questions[0].kind == "date"
    assert library.get("livraison-retard").name == "fr/livraison-retard"
    assert library.broken == ()


ASKS = 'title = "a"\nbody = "x"\n[[questions]]\nname = "d"\nask = "?"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('title = "a"\nbody = "x\n', 2, "not TOML"),
        ('title = "a"\nbody = "x"\ntitel = "b"\n', 3, "titel: unknown key; did you mean 'title'"),
        ('body = "x"\n', None, "title: found nothing"),
        ('title = "a"\n', None, "body: found nothing; a macro needs a body or actions"),
        ('title = "a"\nbody = "x"\n[actions]\nstatus = "done"\n', 4, "actions.status: found 'done'"),
        ('title = "a"\nbody = "x"\n[actions]\nsnooze = "2d"\nstatus = "open"\n', 5, "snooze is"),
        ('title = "a"\nbody = "one\\n{{ customer.nmae }}"\n', 2, "unknown placeholder customer.nmae"),
        ('title = "a"\nbody = """\nHello\n\n{% if brand.name %}\nx\n"""\n', 7, "endif"),
        ('title = "a"\nbody = """\nHello\n{{ customer.name | upper }}\n"""\n', 4, "unknown filter upper"),
        ('title = "a"\nbody = """\nHello {{ ask.day }}\n"""\n', 3, "unknown placeholder ask.day"),
        ('title = "a"\nbody = """\n\n{% include "x" %}"""\n', 4, "include"),
        ('title = "a"\nbody = """{% raw %}{{ x }}{% endraw %}"""\n', 2, "raw"),
        ('title = "a"\nbody = "x"\n[actions.promise]\nwhen = "{{ ask.x }}"\ntext = "x"\n', 4, "ask.x"),
        ('title = "a"\n[actions]\nadd_tags = ["x"]\npromise = { when = "1d", text = "{{" }\n', 4, "promise.text"),
        (ASKS + '\n[[questions]]\nname = "d"\nask = "?"\n', 8, "again"),
        ('title = "a"\nbody = "x"\n[[questions]]\nname = "D day"\nask = "?"\n', 4, "questions.1.name"),
        (ASKS + 'kind = "choice"\n', 3, "a choice needs some"),
        (
            ASKS + 'kind = "choice"\nchoices = ["x"]\ndefault = "y"\n',
            8,
            "one of the choices",
        ),
        (ASKS + 'kind = "amount"\ndefault = "a lot"\n', 7, "15.00"),
        ('title = "a"\n[actions]\ngesture = { kind = "voucher", amount = "15.001" }\n', 3, "gesture.amount"),
        ('title = "a"\n[actions]\nadd_tags = ["x"]\nremove_tags = ["x"]\n', 4, "add_tags has too"),
    ],
)  # fmt: skip
def test_a_broken_macro_says_what_and_where(tmp_path: Path, text: str, line: int | None, said: str) -> None:
    write(tmp_path / "macros", "broken", text)
    write(tmp_path / "macros", "hello", HELLO)
    holding = shelf(tmp_path / "macros").look()
    assert list(holding.macros) == ["hello"]
    (broken,) = holding.broken
    found = next(problem for problem in broken.problems if said in problem.said)
    assert found.line == line
    assert (broken.name, broken.path.name) == ("broken", "broken.toml")
    with pytest.raises(UsageError, match="is broken"):
        shelf(tmp_path / "macros").get("broken")


def test_all_mistakes_are_told_at_once() -> None:
    text = 'title = "a"\nbody = """\n{{ x }}\n{{ y }}\n"""\n[actions]\nnote = "{{ z }}"\n'
    assert [line.partition(":")[0] for line in problems(text)] == ["line 3", "line 4", "line 7"]


def test_a_macro_that_names_nobody_is_broken(tmp_path: Path, config: Config) -> None:
    for name, action in (("who", 'assignee = "max"'), ("team", 'team = "mial"'), ("me", 'assignee = "me"')):
        write(tmp_path / "macros", name, f'title = "a"\n[actions]\n{action}\n')
    write(tmp_path / "macros", "where", 'title = "a"\nbody = "x"\nchannels = ["mial"]\n')
    write(tmp_path / "macros", "time", 'title = "a"\n[actions]\nsnooze = "blorb"\n')
    write(tmp_path / "macros", "there", 'title = "a"\nbody = "x"\nchannels = ["x", "whatsapp"]\n')
    holding = shelf(tmp_path / "macros", config=config).look()
    assert list(holding.macros) == ["me", "there"]
    said = {broken.name: str(broken.problems[0]) for broken in holding.broken}
    assert "actions.assignee: found 'max'" in said["who"]
    assert "did you mean 'mail'?" in said["team"]
    assert "did you mean 'mail'?" in said["where"]
    assert said["time"] == "actions.snooze: 'blorb' is not a time"


def test_my_own_macro_wins_unless_it_is_broken(tmp_path: Path) -> None:
    brand, own = tmp_path / "macros", tmp_path / "own"
    write(brand, "hello", HELLO)
    mine = write(own, "hello", 'title = "Mine"\nbody = "Hi"\n')
    library = shelf(brand, own)
    assert (library.get("hello").title, library.get("hello").own) == ("Mine", True)
    mine.write_text("title =", encoding="utf-8")
    touch(mine, 2)
    assert library.get("hello").title == "Hello"
    assert [(broken.name, broken.own) for broken in library.broken] == [("hello", True)]
    mine.unlink()
    assert library.broken == ()


def test_a_file_that_changes_is_read_again_and_others_are_not(tmp_path: Path) -> None:
    changed, kept = write(tmp_path / "macros", "a", HELLO), write(tmp_path / "macros", "b", HELLO)
    library = shelf(tmp_path / "macros")
    before = library.look()
    assert library.look() is before
    changed.write_text(HELLO.replace("Hello", "Salut"), encoding="utf-8")
    touch(changed, 2)
    after = library.look()
    assert after.macros["a"].title == "Salut"
    assert after.macros["b"] is before.macros["b"]
    assert kept.exists()


def test_what_is_no_macro_is_left_alone(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "macros", tmp_path / "elsewhere"
    write(elsewhere, "secret", HELLO)
    write(folder, "hello", HELLO)
    (folder / "README.md").write_text("# not a macro")
    (folder / "link.toml").symlink_to(elsewhere / "secret.toml")
    (folder / "folder").symlink_to(elsewhere)
    (folder / "loop").symlink_to(folder)
    (folder / "dir.toml").mkdir()
    write(folder / ".git", "x", HELLO)
    holding = shelf(folder).look()
    assert list(holding.macros) == ["hello"]
    assert not holding.broken


def test_files_beyond_all_measure(tmp_path: Path) -> None:
    write(tmp_path / "macros", "large", f'title = "a"\nbody = "{"x" * MAX_BYTES}"')
    (tmp_path / "macros" / "binary.toml").write_bytes(b'title = "a"\nbody = "\xff\xfe"')
    said = {broken.name: str(broken.problems[0]) for broken in shelf(tmp_path / "macros").broken}
    assert said == {"large": "larger than 64 kB", "binary": "line 2: not UTF-8"}


def test_a_brand_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    library = shelf(tmp_path / "macros")
    (tmp_path / "macros").rmdir()
    assert [str(broken.problems[0]) for broken in library.broken] == ["no such folder"]
    assert library.macros == ()


def test_a_name_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path / "macros", "fr/bonjour", HELLO)
    write(tmp_path / "macros", "en/bonjour", HELLO)
    library = shelf(tmp_path / "macros")
    with pytest.raises(NotFound, match="fr/bonjuor"):
        library.get("fr/bonjuor")
    with pytest.raises(UsageError, match="Several"):
        library.get("bonjour")


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.text(max_size=300), st.text(alphabet="title=\"\n[]{}%|.xa'#", max_size=120)))
def test_whatever_a_file_holds_it_is_a_macro_or_says_why(text: str) -> None:
    file, found = check(text)
    assert file is not None or found
    assert all(problem.line is None or 1 <= problem.line <= text.count("\n") + 1 for problem in found)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="{}%|.' \nab:customer.nameifendfor", max_size=80))
def test_whatever_a_body_holds_its_mistakes_have_lines_of_the_file(body: str) -> None:
    text = f"title = 'a'\nbody = '''\n{body.replace(chr(39), '')}.'''\n"
    for problem in check(text)[1]:
        assert problem.line is not None
        assert 2 <= problem.line <= text.count("\n") + 1


def test_liquid_is_not_read_before_it_is_needed() -> None:
    modules = ["library", "choosing", "applying", "saving", "importing", "uses"]
    code = "import sys\n" + "".join(f"import agentconsole.desk.macros.{name}\n" for name in modules)
    ran = subprocess.run(
        [sys.executable, "-c", code + "print('liquid' in sys.modules)"], capture_output=True, check=False, text=True
    )
    assert (ran.stdout.strip(), ran.returncode) == ("False", 0), ran.stderr


def test_the_starter_macros_are_good(tmp_path: Path) -> None:
    library = shelf(STARTERS)
    began = time.perf_counter()
    holding = library.look()
    took = time.perf_counter() - began
    assert [f"{b.path}: {problem}" for b in holding.broken for problem in b.problems] == []
    for language in ("fr", "en"):
        assert sum(1 for macro in holding.macros.values() if macro.file.language == language) >= 24
    assert took < 5  # a hundred take about 0.03 s; this only tells a mistake of another order
