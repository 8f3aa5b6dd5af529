"""The columns that many tables share, and short ways to declare one."""

from tadasu.fields import Field
from tadasu.tables.table import COUNT, FLAG, TEXT, YEAR, YEN, Column

_OF_SOME_YEARS = {"specified_relative_special", "fixed_amount_cut"}
"""Rules that some years lack: their column may be absent, so that a system need not invent it."""


def of_field(tax_field: Field, *, optional: bool = False) -> Column:
    """Return the column that holds a tax field."""
    dtype = {"yen": YEN, "count": COUNT, "flag": FLAG, "status": TEXT}[tax_field.kind]
    return Column(
        tax_field.name,
        dtype,
        tax_field.label,
        values=tax_field.values,
        negative=tax_field.negative,
        optional=optional or tax_field.name in _OF_SOME_YEARS,
        unit=tax_field.unit,
    )


def key(name: str, label: str) -> Column:
    """Return a column of identifiers that no row lacks."""
    return Column(name, TEXT, label, filled=True)


def text(
    name: str, label: str, values: tuple[str, ...] = (), *, filled: bool = False, optional: bool = False
) -> Column:
    """Return a column of text, or of codes where `values` are given."""
    return Column(name, TEXT, label, filled, values, optional=optional)


def yen(name: str, label: str, *, negative: bool = False) -> Column:
    """Return a column of whole yen."""
    return Column(name, YEN, label, negative=negative, unit="円")


def year() -> Column:
    """Return the column of the tax year."""
    return Column("tax_year", YEAR, "課税年度", filled=True)


PERSON = key("person_id", "宛名番号")

PERSON_COLUMNS = (
    "person_id",
    "dependent_person_id",
    "related_person_id",
    "old_person_id",
    "new_person_id",
)
"""The columns of any table that hold a person's number (宛名番号)."""

PAYER_COLUMNS = ("payer_id", "previous_payer_id")
"""The columns of any table that hold a payer's number (事業所番号)."""

HOUSEHOLD_COLUMNS = ("household_id",)
DOCUMENT_COLUMNS = ("document_id", "supersedes", "document_ids")
ROW_COLUMNS = ("row_id",)
DONATION_COLUMNS = ("donation_id",)

TRACED_COLUMNS = (
    *PERSON_COLUMNS,
    *PAYER_COLUMNS,
    *HOUSEHOLD_COLUMNS,
    *DOCUMENT_COLUMNS,
    *ROW_COLUMNS,
    *DONATION_COLUMNS,
    "message",
)
"""The columns that are, or may hold, a number of the ward's own."""
