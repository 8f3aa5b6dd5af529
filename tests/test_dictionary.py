"""The data dictionary: it says everything that is declared, and the page in `docs/` is up to date."""

from pathlib import Path

import pytest

from tadasu.dictionary import declared_tables, render
from tadasu.fields import FIELDS
from tadasu.tables import EXTRACT, Table

PAGE = Path(__file__).parents[1] / "docs" / "data_dictionary.md"


def test_the_page_is_what_the_declarations_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "out of date: run `make docs`"


@pytest.mark.parametrize("table", declared_tables(), ids=lambda table: table.name)
def test_each_table_has_its_section_with_every_column(table: Table) -> None:
    section = render().split(f"### `{table.name}` ")[1].split("\n### ")[0]
    assert table.grain in section
    if "The columns are those of" not in section:
        for column in table.columns:
            assert f"| `{column.name}` | {column.label} |" in section


def test_only_tables_with_the_same_columns_refer_to_another() -> None:
    referring = {
        t.name for t in declared_tables() if "those of" in render().split(f"### `{t.name}` ")[1][:200]
    }
    assert referring == {"previous_assessments", "second_opinions"}


def test_each_tax_field_has_its_line_with_the_law_marked_as_not_read() -> None:
    lines = render().split("## Tax fields")[1].splitlines()
    for field in FIELDS.values():
        line = next(line for line in lines if line.startswith(f"| `{field.name}` | {field.label} |"))
        assert field.law_text in line
        assert "未確認" in line


def test_every_table_of_the_module_is_told() -> None:
    assert declared_tables()[: len(EXTRACT)] == EXTRACT
    assert {"quarantine", "repairs", "changes", "truth", "suggestions"} <= {t.name for t in declared_tables()}
