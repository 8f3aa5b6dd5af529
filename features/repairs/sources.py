"""What the proposals are made from: one year's tables of the listed people, coded as whole numbers.

Inside, a person, a document and a row are known by their place in `people`, `documents` and `rows`: joins on
whole numbers are several times faster than on text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from features.identified import identified
from features.repairs import earlier
from features.repairs.incomes import in_force, paper_incomes
from features.values import FIELD_NAMES, NUMBER, encode, parse
from tadasu.fields import correctable
from tadasu.law import Law

PROPOSABLE: tuple[str, ...] = tuple(field.name for field in correctable())
"""Fields that staff enter: only these are ever proposed."""


@dataclass(frozen=True, slots=True)
class Sources:
    """One year's listed people and their papers; every frame has `person` (a place in `people`).

    people: person_id, what the register and the assessment say of the listed person.
    rows: row, row_id, named (field number or -1), stated, expected, told (an amount
    in the message; Int64 or null), related_person_id …
    record: the tax fields as recorded, null as 0. recorded: the same, long (person, field, recorded).
    documents: their documents, coded, with `document` and `in_force`. values: the same, long.
    claims: claimed relatives of documents in force, with what register and assessments say of each.
    incomes, paper_incomes: the recorded total income of everyone, and what their papers allow beside it.
    earlier: the premiums for life insurance that the newest earlier paper states (LIFE_PREMIUMS).
    loans: what the newest earlier paper lets one expect of this year's housing loan (`earlier.loans`).
    pensions: what payers whose pensions stay as they are paid the person before (`earlier.pensions`).
    relatives: what pension reports of the others in the household state as social insurance (insurance).
    """

    people: pl.DataFrame
    rows: pl.DataFrame
    record: pl.DataFrame
    recorded: pl.DataFrame
    documents: pl.DataFrame
    values: pl.DataFrame
    claims: pl.DataFrame
    donations: pl.DataFrame
    residents: pl.DataFrame
    previous: pl.DataFrame
    incomes: pl.DataFrame
    paper_incomes: pl.DataFrame
    earlier: pl.DataFrame
    loans: pl.DataFrame
    pensions: pl.DataFrame
    relatives: pl.DataFrame
    law: Law


def long_values(frame: pl.DataFrame, index: list[str], value: str = "value") -> pl.DataFrame:
    """Turn the tax fields of a coded frame into lines (index…, field number, value), nulls left out."""
    on = [name for name in PROPOSABLE if name in frame.columns]
    return (
        frame.unpivot(on=on, index=index, variable_name="name", value_name=value)
        .filter(pl.col(value).is_not_null())
        .with_columns(field=pl.col("name").replace_strict(NUMBER, return_dtype=pl.Int64))
        .drop("name")
    )


def sources(
    tables: dict[str, pl.DataFrame], law: Law, past: Mapping[int, dict[str, pl.DataFrame]] | None = None
) -> Sources:
    """Prepare one year's tables (declared schemas) for the proposals under that year's law.

    `past` holds the tables of earlier years, where the ward has them.
    """
    tables = identified(tables)
    people = _people(tables)
    place = people.select("person_id", "person")
    record = encode(tables["assessments"].join(place, on="person_id")).sort("person")
    record = people.select("person").join(record, on="person", how="left", maintain_order="left")
    record = record.with_columns(pl.col(FIELD_NAMES).fill_null(0))
    documents = encode(tables["documents"].with_columns(in_force=in_force()))
    own = documents.join(place, on="person_id").sort("document_id").with_row_index("document")
    own = own.with_columns(pl.col("document").cast(pl.Int64))
    return Sources(
        people=people,
        rows=_rows(tables["inconsistencies"].join(place, on="person_id")),
        record=record,
        recorded=long_values(record, ["person"], "recorded").sort("person", "field"),
        documents=own,
        values=long_values(own, ["person", "document", "kind", "in_force"]),
        claims=_claims(tables, own),
        donations=tables["donations"].join(place, on="person_id").sort("donation_id"),
        residents=tables["residents"].sort("person_id"),
        previous=encode(tables["previous_assessments"].join(place, on="person_id")).sort("person"),
        incomes=tables["assessments"].select("person_id", "total_income"),
        paper_incomes=paper_incomes(tables, law),
        earlier=earlier.premiums(past or {}, place),
        loans=earlier.loans(past or {}, tables["documents"], place),
        pensions=earlier.pensions(past or {}, tables["documents"], place),
        relatives=_relatives(tables, place),
        law=law,
    )


def _people(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    listed = tables["inconsistencies"].select("person_id").unique().sort("person_id")
    known = listed.join(tables["residents"], on="person_id", how="left", maintain_order="left")
    return known.with_columns(person=pl.int_range(pl.len(), dtype=pl.Int64))


def _rows(listed: pl.DataFrame) -> pl.DataFrame:
    return listed.sort("row_id").with_columns(
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        named=pl.col("field").replace_strict(NUMBER, default=-1, return_dtype=pl.Int64).fill_null(-1),
        stated=parse(pl.col("stated_value")),
        expected=parse(pl.col("expected_value")),
        told=pl.col("message")
        .str.extract(r"([0-9,]+)円")
        .str.replace_all(",", "")
        .cast(pl.Int64, strict=False),
    )


def _claims(tables: dict[str, pl.DataFrame], own: pl.DataFrame) -> pl.DataFrame:
    register = tables["residents"].select(
        dependent_person_id="person_id",
        register_birth="birth_date",
        register_household="household_id",
        register_disability="disability",
        register_left="left_on",
        register_reason="left_reason",
    )
    incomes = tables["assessments"].select(
        dependent_person_id="person_id",
        relative_income="total_income",
        relative_revenue="salary_revenue",
        relative_disability="self_disability",
    )
    household = tables["residents"].select("person_id", own_household="household_id")
    standing = own.filter("in_force").select(
        "document_id", "document", "person", "person_id", document_kind="kind"
    )
    together = (pl.col("register_household") == pl.col("own_household")).fill_null(value=False)
    return (
        tables["dependents"]
        .join(standing, on="document_id")
        .join(register, on="dependent_person_id", how="left")
        .join(household, on="person_id", how="left")
        .join(incomes, on="dependent_person_id", how="left")
        .join(_claimants(tables), on="dependent_person_id", how="left")
        .with_columns(together=together)
        .sort("document", "line_no")
    )


def _claimants(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Count, for each relative, the people who claim them on documents in force."""
    standing = tables["documents"].filter(in_force()).select("document_id", "person_id")
    claims = tables["dependents"].filter(pl.col("dependent_person_id").is_not_null())
    return (
        claims.join(standing, on="document_id")
        .group_by("dependent_person_id")
        .agg(claimants=pl.col("person_id").n_unique().cast(pl.Int64))
    )


def _relatives(tables: dict[str, pl.DataFrame], place: pl.DataFrame) -> pl.DataFrame:
    """Return (person, insurance) for each pension report of somebody else in the person's household."""
    homes = tables["residents"].select("person_id", "household_id")
    held = tables["documents"].filter(in_force() & (pl.col("kind") == "pension_report"))
    stated = held.filter(pl.col("social_insurance") > 0).select("person_id", insurance="social_insurance")
    others = stated.join(homes, on="person_id").rename({"person_id": "other"})
    beside = place.join(homes, on="person_id").join(others, on="household_id")
    own = beside.filter(pl.col("other") != pl.col("person_id"))
    return own.select("person", pl.col("insurance").cast(pl.Int64)).unique().sort("person", "insurance")
