"""Validation: a sound ward passes, each kind of damage is found, what is merely odd does not stop."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.expectations import EXPECTATIONS
from pipelines.expectations.columns import columns_of
from pipelines.expectations.declare import Scope
from pipelines.findings import Validation
from pipelines.validate import validate
from pipelines.validation_page import render
from tadasu.errors import TadasuError
from tadasu.tables import EXTRACT

Ward = dict[int, dict[str, pl.DataFrame]]
NEWEST = 2026
Damage = Callable[..., None]
SAMPLE = os.environ.get("TADASU_SAMPLE_WARD")


def _failed(validation: Validation) -> dict[tuple[int, str], str | None]:
    return {(f.year, f.expectation.id): f.failed for f in validation.findings if f.failed}


def test_a_sound_ward_passes(ward: Ward) -> None:
    seen: list[tuple[str, float]] = []
    validation = validate(ward, progress=lambda label, share: seen.append((label, share)))
    assert _failed(validation) == {}
    assert validation.verdict == "ok"
    assert seen[-1][1] == 1.0
    assert [share for _, share in seen] == sorted(share for _, share in seen)


def test_the_tool_tells_a_warning_from_a_stop_by_the_share(ward: Ward, damage: Damage) -> None:
    damage(NEWEST, "inconsistencies", {"person_id": "nobody"}, first=1)  # 1 in 20 is tolerated
    damage(NEWEST - 1, "inconsistencies", {"person_id": "nobody"}, first=2)  # 2 in 20 are not
    damage(NEWEST, "residents", {"sex": "X", "relationship": "cousin"}, first=1)
    damage(NEWEST, "dependents", {"line_no": None})
    ward[NEWEST]["donations"] = pl.concat([ward[NEWEST]["donations"]] * 2)
    validation = validate(ward)
    failed = _failed(validation)
    assert failed[NEWEST, "inconsistencies.person_known"] == "warning"
    assert failed[NEWEST - 1, "inconsistencies.person_known"] == "critical"
    assert failed[NEWEST, "residents.coded"] == "critical"
    assert failed[NEWEST, "dependents.filled"] == "critical"
    assert failed[NEWEST, "donations.key_unique"] == "critical"
    by_id = {(f.year, f.expectation.id): f for f in validation.findings}
    assert by_id[NEWEST - 1, "inconsistencies.person_known"].unexpected == 2
    assert by_id[NEWEST - 1, "inconsistencies.person_known"].checked == 20
    assert dict(by_id[NEWEST, "residents.coded"].parts) == {"続柄": 1, "性別": 1}
    message = validation.message(Path("out/validation/index.html"))
    assert "residents.coded" in message
    assert "out/validation/index.html" in message
    assert "\n" not in message


def test_the_tool_counts_what_polars_counts(
    ward: Ward, damage: Damage, unexpected: Callable[..., int]
) -> None:
    damage(NEWEST, "documents", {"salary_revenue": -5, "person_id": "nobody", "payer_id": None}, first=3)
    damage(NEWEST - 1, "corrections", {"old_value": "1", "new_value": "x"}, first=5)
    for finding in validate(ward).findings:
        if finding.expectation.name not in ("key_unique", "any"):
            assert finding.unexpected == unexpected(finding.expectation.id, finding.year), finding


@pytest.mark.parametrize(
    ("spoil", "expectation"),
    [
        (lambda year: year.update(inconsistencies=year["inconsistencies"].clear()), "inconsistencies.any"),
        (
            lambda year: year.update(
                inconsistencies=year["inconsistencies"].with_columns(document_ids=pl.lit(None, pl.String))
            ),
            "inconsistencies.documents_named",
        ),
    ],
)
def test_a_list_that_cannot_be_judged_stops(
    ward: Ward, spoil: Callable[[dict[str, pl.DataFrame]], None], expectation: str
) -> None:
    spoil(ward[NEWEST])
    assert expectation in {finding.expectation.id for finding in validate(ward).critical}


def test_tables_that_are_not_as_declared_are_all_named(ward: Ward) -> None:
    del ward[NEWEST]["residents"], ward[NEWEST]["second_opinions"]
    ward[NEWEST]["documents"] = ward[NEWEST]["documents"].cast({"tax_year": pl.Int64}).drop("payer_id")
    with pytest.raises(TadasuError, match=r"residents is missing.*tax_year is Int64.*payer_id is missing"):
        validate(ward)


def test_no_identifier_and_no_amount_is_handed_over_or_reported(ward: Ward, damage: Damage) -> None:
    damage(NEWEST, "documents", {"salary_revenue": -7_654_321, "person_id": "P-secret"})
    validation = validate(ward, synthetic=True)
    told = render(validation) + json.dumps(validation.summary(), ensure_ascii=False)
    assert validation.warnings
    for value in ("P-secret", "P001", "H-P", "D2026", "7654321", "7,654,321", "1980"):
        assert value not in told
    scope = Scope("documents", NEWEST, ward[NEWEST])
    handed = scope.rows.select(c for e in EXPECTATIONS["documents"] for c in columns_of(e, scope))
    assert set(handed.dtypes) <= {pl.Float32, pl.Float64}
    assert max(n for n in handed.select(pl.all().max()).row(0) if n is not None) <= len(
        ward[NEWEST]["residents"]
    )


def test_the_same_tables_give_the_same_report(ward: Ward) -> None:
    first, second = validate(ward), validate(ward)
    assert first.summary() == second.summary()
    assert render(first) == render(second)


def test_every_expectation_can_be_read_and_fails_gravely_last() -> None:
    expectations = [expected for table in EXPECTATIONS.values() for expected in table]
    assert len({expected.id for expected in expectations}) == len(expectations)
    assert set(EXPECTATIONS) == {table.name for table in EXTRACT}
    for expected in expectations:
        assert expected.description
        assert expected.advice, expected.id
        tolerated = [share for _, share in expected.tiers]
        assert tolerated, expected.id
        assert tolerated == sorted(tolerated), expected.id


def test_the_tool_is_imported_late() -> None:
    code = "import sys, pipelines.validate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not SAMPLE, reason="TADASU_SAMPLE_WARD names no ward in the standard layout")
def test_a_sample_ward_has_nothing_critical() -> None:
    newest = max(Path(str(SAMPLE)).iterdir(), key=lambda folder: folder.name)
    frames = {path.stem: pl.read_parquet(path) for path in newest.glob("*.parquet")}
    validation = validate({int(newest.name): frames})
    assert validation.critical == ()
    assert validation.rows[int(newest.name)]["inconsistencies"] > 0
