"""The README's promises that a program can check: its paths exist, its commands are targets."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE_HEAD = "| I want to … | I open |"


def _places() -> list[tuple[str, str]]:
    """Return (what a reader wants, the path to open) of the table, a line for each path."""
    rows = README.partition(TABLE_HEAD)[2].partition("\n\n")[0].splitlines()[2:]
    cells = [row.strip("| ").split(" | ") for row in rows]
    return [(wish, path) for wish, where in cells for path in re.findall(r"`([^`]+)`", where)]


def _map() -> list[str]:
    """Return the folders of the map: the lines of the indented block that name one."""
    block = README.partition("## Where things are")[2].partition("\n## ")[0]
    return re.findall(r"^ {4}(\S+/)(?= )", block, flags=re.MULTILINE)


@pytest.mark.parametrize(("wish", "path"), _places())
def test_what_a_reader_is_told_to_open_is_there(wish: str, path: str) -> None:
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    assert list(ROOT.glob(pattern)), f"{wish}: {path}"


def test_the_table_is_not_empty() -> None:
    assert len(_places()) >= 8


def test_folders_of_the_map_exist() -> None:
    folders = _map()
    assert len(folders) >= 8
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_make_command_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^ *|`)make ([a-z-]+)", README, flags=re.MULTILINE))
    assert {"run", "test"} <= named
    assert named <= targets
