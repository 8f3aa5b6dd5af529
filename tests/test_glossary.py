"""The glossary's identifiers are the code's: one term, one identifier."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("tadasu", "features", "models", "pipelines")


def _rows() -> list[tuple[str, list[str]]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Kept free")[0]
    lines = re.findall(r"^\| ([^|]+) \| (`[^|]+) \|", text, flags=re.MULTILINE)
    return [(term, re.findall(r"`(\w+)`", identifiers)) for term, identifiers in lines]


def test_every_identifier_is_used() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    rows = _rows()
    assert len(rows) > 50
    unused = [
        name for _, names in rows for name in names if not re.search(rf"(?<![a-z]){name}(?![a-z])", code)
    ]
    assert unused == []


def test_no_term_and_no_identifier_stands_twice() -> None:
    terms = [term for term, _ in _rows()]
    names = [name for _, found in _rows() for name in found]
    assert sorted(set(terms)) == sorted(terms)
    assert sorted(set(names)) == sorted(names)
