"""The baselines do what their names say, and look at nothing of the tested year's labels."""

import polars as pl
import pytest

from models.evaluation.baselines import LINES, base_rate, lines_of, rules
from models.evaluation.judged import judged
from models.evaluation.laned import laned
from models.evaluation.plain import plain
from models.evaluation.rows import judged_rows
from models.seconds import Seconds
from models.settings import SuggestSettings
from tadasu.law import Law

Tables = dict[str, pl.DataFrame]


def _rows(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.unique("row_id", maintain_order=True)


def _listed(**more: list[str | None]) -> pl.DataFrame:
    rows = {"row_id": ["R1", "R2", "R3"], "check_code": ["A", "A", "B"]} | more
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(more, pl.String()))


def _told(*corrected: str) -> pl.DataFrame:
    """Return corrections of R1 to R3, of which some were corrected."""
    rows = ["R1", "R2", "R3"]
    return pl.DataFrame(
        {
            "row_id": rows,
            "staff_id": ["S1"] * 3,
            "outcome": ["corrected" if row in corrected else "no_change" for row in rows],
            "field": ["widow" if row in corrected else None for row in rows],
            "new_value": ["true" if row in corrected else None for row in rows],
        },
        schema_overrides={"field": pl.String(), "new_value": pl.String()},
    )


def test_the_base_rate_is_shrunk_to_the_mean_by_five_rows() -> None:
    past = {2024: {"inconsistencies": _listed(), "corrections": _told("R1", "R2")}}
    here = {
        "inconsistencies": pl.DataFrame(
            {
                "row_id": ["N1", "N2", "N3"],
                "check_code": ["A", "B", "new"],
                "field": ["widow", "widow", None],
                "expected_value": ["true", "70000", "1"],
            }
        )
    }
    lines = base_rate(here, past)
    assert lines.schema == LINES
    mean = 2 / 3
    p = dict(_rows(lines).select("row_id", "p_correction").iter_rows())
    assert p == pytest.approx({"N1": (2 + 5 * mean) / 7, "N2": 5 * mean / 6, "N3": mean})
    assert lines["row_id"].to_list() == ["N1", "N3", "N2"]
    proposed = {row["row_id"]: (row["proposed_value"], row["proposed"]) for row in lines.to_dicts()}
    assert proposed["N1"] == ("true", True)
    assert proposed["N2"] == (None, False)  # a flag cannot be 70000
    assert proposed["N3"] == (None, True)  # no field: 'leave'


@pytest.fixture
def settling() -> Tables:
    """R1 can be settled by a report or by a return, R2 is settled as it stands, R3 by nothing."""
    repairs = [
        ("R1", 0, "leave", None, False),
        ("R1", 1, "take_document", "D1", True),
        ("R1", 2, "take_document", "D2", True),
        ("R1", 3, "list_value", None, True),
        ("R2", 0, "leave", None, True),
        ("R2", 1, "last_year", None, True),
        ("R3", 0, "leave", None, False),
        ("R3", 1, "last_year", None, False),
    ]
    schema = ["row_id", "repair_id", "kind", "document_id", "settles"]
    changes = [(row, number, "widow", f"{number}") for row, number, kind, *_ in repairs if kind != "leave"]
    return {
        "inconsistencies": _listed(),
        "documents": pl.DataFrame({"document_id": ["D1", "D2"], "kind": ["salary_report", "tax_return"]}),
        "repairs": pl.DataFrame(repairs, schema=schema, orient="row"),
        "changes": pl.DataFrame(changes, schema=["row_id", "repair_id", "field", "proposed"], orient="row"),
        "corrections": _told("R1"),
    }


def test_rules_take_the_strongest_paper_that_settles_the_row(settling: Tables) -> None:
    lines = rules(settling, {2024: settling})
    assert lines is not None
    by_row = {row["row_id"]: row for row in lines.to_dicts()}
    assert (by_row["R1"]["proposed_value"], by_row["R1"]["proposed"]) == ("2", True)
    assert by_row["R1"]["p_correction"] == 1.0
    assert by_row["R1"]["rank"] == 1
    assert (by_row["R2"]["proposed"], by_row["R2"]["p_correction"]) == (False, 0.0)
    assert (by_row["R3"]["field"], by_row["R3"]["proposed"]) == (None, True)


def test_rules_are_not_measured_where_nobody_computed_what_settles(settling: Tables) -> None:
    unknown = settling["repairs"].with_columns(settles=pl.lit(None, pl.Boolean))
    assert rules(settling, {2024: settling | {"repairs": unknown}}) is None


@pytest.fixture(scope="module")
def years(mini_tables: dict[int, Tables], mini_frames: dict[int, Tables]) -> dict[int, Tables]:
    return {year: mini_tables[year] | mini_frames[year] for year in (2024, 2025)}


def test_plain_lightgbm_beats_the_base_rate_and_is_the_same_each_time(years: dict[int, Tables]) -> None:
    past = {2024: years[2024]}
    lines = plain(years[2025], past)
    assert lines.schema == LINES
    assert not lines.select("row_id", "field").is_duplicated().any()
    assert set(lines["row_id"]) == set(years[2025]["inconsistencies"]["row_id"])
    assert lines["p_field"].is_between(0, 1).all()
    turned = {name: frame.reverse() for name, frame in years[2024].items()}
    assert plain(years[2025], {2024: turned}).equals(lines)
    rows = judged_rows(years[2025], Law.of(2025))
    right = [judged(one, rows)["value_right"].sum() for one in (lines, base_rate(years[2025], past))]
    assert right[0] > right[1]


@pytest.mark.parametrize("name", ["base", "rules", "plain"])
def test_no_baseline_looks_at_the_tested_years_labels(name: str, years: dict[int, Tables]) -> None:
    make = {
        "base": base_rate,
        "rules": rules,
        "plain": plain,
    }[name]
    past = {2024: years[2024]}
    hidden = years[2025] | {
        table: years[2025][table].clear() for table in ("corrections", "second_opinions", "truth", "features")
    }
    seen, blind = make(years[2025], past), make(hidden, past)
    assert seen is not None
    assert blind is not None
    assert seen.equals(blind)


def test_a_baseline_gets_lanes_by_its_own_probabilities() -> None:
    """Sure of 'leave' and certified: cleared; of a change: confirmed; of the fields alone: read."""
    n = 400
    ids = [f"R{number:03}" for number in range(n)]
    rows = pl.DataFrame({"row_id": ids, "corrected": [False] * (n - 2) + [True] * 2, "yen": [0] * n})
    sample = rows.select("row_id", tax_year=pl.lit(2025, pl.Int32), drawn=pl.lit(True))
    p = [0.001] * (n - 2) + [0.99, 0.9]
    changes = pl.DataFrame(
        [(ids[-2], "widow", 0.99, True)]
        + [(ids[-1], name, 0.3, name == "widow") for name in ("minor", "single_parent", "widow")],
        schema=["row_id", "field", "p_field", "proposed"],
        orient="row",
    ).with_columns(proposed_value=pl.lit("true"))
    lines = lines_of(pl.DataFrame({"row_id": ids, "p_correction": p}), changes)
    settings = SuggestSettings()
    found = laned(lines, rows, sample, Seconds.stated(settings.time), settings)
    lanes = dict(found.select("row_id", "lane").iter_rows())
    assert [lanes[row] for row in ids[:-2]] == ["clear"] * (n - 2)
    assert [lanes[row] for row in ids[-2:]] == ["confirm", "review"]
    few = sample.with_columns(drawn=pl.col("row_id") < "R100")  # 100 rows cannot certify one in a hundred
    assert "clear" not in set(laned(lines, rows, few, Seconds.stated(settings.time), settings)["lane"])
