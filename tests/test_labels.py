"""What staff did with a row becomes its label: the last word counts, and missing is not 'no'."""

import polars as pl

from features.labels import labels
from features.values import NUMBER
from tadasu.tables import CORRECTIONS


def _corrections(*lines: tuple[str, int, str, str, str | None, str | None]) -> pl.DataFrame:
    names = ("row_id", "action_no", "staff_id", "outcome", "field", "new_value")
    frame = pl.DataFrame(
        list(lines), schema=dict.fromkeys(names, pl.String) | {"action_no": pl.Int32}, orient="row"
    )
    missing = [
        pl.lit(None, dtype=dtype).alias(n) for n, dtype in CORRECTIONS.schema.items() if n not in names
    ]
    return frame.with_columns(missing).select(*CORRECTIONS.schema)


def _told(frame: pl.DataFrame, bulk: tuple[str, ...] = ()) -> dict[str, tuple[str, bool]]:
    return {row: (signature, asked) for row, asked, signature in labels(frame, bulk).iter_rows()}


def test_corrected_lines_of_a_row_are_one_set_of_changes() -> None:
    """Two corrected fields make one label, whatever their order, and a doubled line counts once."""
    frame = _corrections(
        ("R1", 1, "S1", "corrected", "spouse_special_deduction", "330000"),
        ("R1", 2, "S1", "corrected", "spouse_kind", "none"),
        ("R1", 3, "S1", "corrected", "spouse_kind", "none"),
    )
    special, kind = NUMBER["spouse_special_deduction"], NUMBER["spouse_kind"]
    assert _told(frame) == {"R1": (f"{special:02d}=330000|{kind:02d}=0", False)}


def test_an_inquiry_is_labelled_by_what_it_led_to() -> None:
    """An inquiry followed by a word takes that word; an inquiry alone is open and has no label."""
    frame = _corrections(
        ("R1", 1, "S1", "inquiry", None, None),
        ("R1", 2, "S1", "no_change", None, None),
        ("R2", 1, "S1", "inquiry", None, None),
        ("R2", 2, "S1", "corrected", "widow", "false"),
        ("R3", 1, "S1", "inquiry", None, None),
    )
    assert _told(frame) == {"R1": ("", True), "R2": (f"{NUMBER['widow']:02d}=0", True)}


def test_rows_closed_in_bulk_have_no_label() -> None:
    """A no_change of the bulk account is missing, never 'needs nothing'."""
    frame = _corrections(("R1", 1, "BULK", "no_change", None, None), ("R2", 1, "S1", "no_change", None, None))
    assert _told(frame, ("BULK",)) == {"R2": ("", False)}
