"""What is known about each repair: of the row, the person, the papers, the relatives.

Every function takes one year's `Sources` (and earlier years' records) and returns a small table with its key;
`features.matrix` joins them to the repairs.
"""

import polars as pl

from features.repairs.family import claimed_relatives, died_before
from features.repairs.sources import Sources, long_values
from tadasu.tables import KINDS

UNMATCHED = pl.col("dependent_person_id").is_null() | pl.col("found")
"""Whom the system could not match, also where the household has somebody born on that day."""


def row_evidence(sources: Sources) -> pl.DataFrame:
    """Return by row: what the list says, and how the row stands among the person's and the check's rows."""
    rows = sources.rows
    referenced = pl.col("document_ids").str.split(";").list.len().fill_null(0)
    named = sources.recorded.rename({"field": "named", "recorded": "named_recorded"})
    known = rows.join(named, on=["person", "named"], how="left", maintain_order="left")
    return known.select(
        "row",
        "person",
        "named",
        "stated",
        "expected",
        "told",
        "named_recorded",
        n_referenced=referenced,
        has_related=pl.col("related_person_id").is_not_null(),
        has_stated=pl.col("stated_value").is_not_null(),
        has_expected=pl.col("expected_value").is_not_null(),
        stated_is_number=pl.col("stated").is_not_null(),
        person_rows=pl.len().over("person"),
        person_field_rows=pl.len().over("person", "named"),
        person_checks=pl.col("check_code").n_unique().over("person"),
        list_day=(pl.col("detected_on") - pl.col("detected_on").min()).dt.total_days(),
    )


def check_profile(sources: Sources) -> pl.DataFrame:
    """Return by row: what rows of its check look like in this year's list, labels apart.

    A check is known by this profile, not by its code: codes and names change with the system.
    """
    rows = row_evidence(sources).with_columns(check=sources.rows["check_code"])
    close = (pl.col("stated") == pl.col("named_recorded")).fill_null(value=False)
    higher = (pl.col("expected") > pl.col("stated")).fill_null(value=False)
    profile = rows.group_by("check").agg(
        check_share=pl.len(),
        check_related=pl.col("has_related").sum(),
        check_stated=pl.col("has_stated").sum(),
        check_expected=pl.col("has_expected").sum(),
        check_number=pl.col("stated_is_number").sum(),
        check_as_recorded=close.sum(),
        check_higher=higher.sum(),
        check_zero=(pl.col("expected") == 0).fill_null(value=False).sum(),
        check_referenced=pl.col("n_referenced").sum(),
    )
    counts = [name for name in profile.columns if name not in ("check", "check_share")]
    shares = profile.with_columns(pl.col(name) / pl.col("check_share") for name in counts)
    total = pl.lit(rows.height)
    shares = shares.with_columns(check_share=pl.col("check_share") / total)
    return rows.select("row", "check").join(shares, on="check").drop("check").sort("row")


def person_evidence(sources: Sources) -> pl.DataFrame:
    """Return by person: age, household, residence, income level, papers."""
    year = sources.law.year
    day_one = pl.date(year, 1, 1)
    people = sources.people.join(_households(sources), on="household_id", how="left", maintain_order="left")
    base = people.select(
        "person",
        "household_size",
        "household_minors",
        "household_earners",
        age=(day_one - pl.col("birth_date")).dt.total_days() / 365.25,
        is_head=pl.col("relationship") == "head",
        is_child=pl.col("relationship") == "child",
        is_foreign="is_foreign",
        on_assistance="public_assistance",
        since_days=(day_one - pl.col("resident_since")).dt.total_days().clip(-400, 3000),
        left_days=(pl.col("left_on") - day_one).dt.total_days().clip(-800, 400),
        died=pl.col("left_reason") == "died",
        certificate=pl.col("disability").replace_strict(
            {"none": 0, "ordinary": 1, "special": 2}, default=None, return_dtype=pl.Int64
        ),
    )
    record = sources.record.select(
        "person",
        record_total="total_income",
        record_salary="salary_revenue",
        record_pension="pension_revenue",
        record_tax="resident_tax",
        record_spouse="spouse_kind",
        record_special="spouse_special_deduction",
        record_dependents=pl.sum_horizontal(pl.col("^n_dependent_.*$")),
        record_disabled=pl.sum_horizontal(pl.col("^n_disabled_.*$")),
        record_resident="is_resident",
        record_gap=pl.col("income_adjustment") > 0,
    )
    papers = _papers(sources)
    return base.join(record, on="person", how="left").join(papers, on="person", how="left").sort("person")


def _households(sources: Sources) -> pl.DataFrame:
    residents = sources.residents.select(
        "household_id",
        minor=sources.law.relative_class(pl.col("birth_date")) == "under16",
        listed=pl.col("person_id").is_in(sources.people["person_id"].implode()),
    )
    return residents.group_by("household_id").agg(
        household_size=pl.len(),
        household_minors=pl.col("minor").sum(),
        household_earners=pl.col("listed").sum(),
    )


def _papers(sources: Sources) -> pl.DataFrame:
    standing = pl.col("in_force")
    report = standing & (pl.col("kind") == "salary_report")
    twice = report & (pl.len().over("person", "kind", "payer_id", "salary_revenue", "in_force") > 1)
    return (
        sources.documents.with_columns(twice=twice)
        .group_by("person")
        .agg(
            *((standing & (pl.col("kind") == kind)).sum().alias(f"n_{kind}") for kind in KINDS),
            n_void=(~standing).sum(),
            n_amending=pl.col("supersedes").is_not_null().sum(),
            n_paper=(standing & (pl.col("channel") == "paper")).sum(),
            n_unadjusted=(report & ~pl.col("year_end_adjusted").fill_null(value=False)).sum(),
            n_other_column=(report & (pl.col("withholding_column") == "other")).sum(),
            n_left_job=(report & pl.col("left_job_on").is_not_null()).sum(),
            n_previous=(report & (pl.col("previous_salary_revenue") > 0)).sum(),
            n_payers=pl.col("payer_id").filter(report).n_unique(),
            same_payer=(report & pl.col("payer_id").is_not_null()).sum()
            > pl.col("payer_id").filter(report).n_unique(),
            twins=pl.col("twice").sum(),
            birth_differs=pl.col("birth_date").n_unique() > 1,
        )
    )


def paper_support(sources: Sources) -> pl.DataFrame:
    """Return by person, field and value: how many papers of each kind in force state it."""
    standing = sources.values.filter("in_force")
    return standing.group_by("person", "field", "value").agg(
        pl.len().alias("said"), *((pl.col("kind") == kind).sum().alias(f"said_{kind}") for kind in KINDS)
    )


def field_papers(sources: Sources) -> pl.DataFrame:
    """Return by person and field: how many papers state it, how many values, and their sum."""
    standing = sources.values.filter("in_force")
    return standing.group_by("person", "field").agg(
        papers=pl.len(), papers_values=pl.col("value").n_unique(), papers_sum=pl.col("value").sum()
    )


def last_year(sources: Sources) -> pl.DataFrame:
    """Return by person and field: last year's final value, and whether there was a record at all."""
    return long_values(sources.previous, ["person"], "last_year")


def document_evidence(sources: Sources) -> pl.DataFrame:
    """Return by document: its kind, way in, state, and how many listed people its payer has."""
    documents = sources.documents
    payers = documents.group_by("payer_id").agg(payer_people=pl.col("person").n_unique())
    channels = {"eltax": 0, "disc": 1, "paper": 2, "etax": 3, "ksk": 4, "counter": 5}
    kinds = {kind: number for number, kind in enumerate(KINDS)}
    return (
        documents.join(payers, on="payer_id", how="left", maintain_order="left")
        .select(
            "document",
            doc_kind=pl.col("kind").replace_strict(kinds, default=None, return_dtype=pl.Int64),
            doc_channel=pl.col("channel").replace_strict(channels, default=None, return_dtype=pl.Int64),
            doc_in_force="in_force",
            doc_amends=pl.col("supersedes").is_not_null(),
            doc_adjusted="year_end_adjusted",
            doc_other_column=pl.col("withholding_column") == "other",
            doc_left_job=pl.col("left_job_on").is_not_null(),
            doc_received=(pl.col("received_on") - pl.date(pl.col("tax_year"), 1, 1)).dt.total_days(),
            doc_payer_people="payer_people",
            doc_previous="previous_salary_revenue",
            doc_salary="salary_revenue",
            doc_birth="birth_date",
            doc_person="person",
        )
        .sort("document")
    )


def claim_evidence(sources: Sources) -> pl.DataFrame:
    """Return by document and line: what is known of the claimed relative."""
    claims = claimed_relatives(sources)
    return claims.select(
        "document",
        pl.col("line_no").cast(pl.Int64),
        claim_income="relative_income",
        claim_stated="stated_income",
        claim_claimants="claimants",
        claim_unmatched=UNMATCHED,
        claim_found="found",
        claim_unregistered=pl.col("register_birth").is_null(),
        claim_apart="lives_apart",
        claim_abroad="lives_abroad",
        claim_together="together",
        claim_left=pl.col("register_left").is_not_null(),
        claim_died_before=died_before(sources.law),
        claim_left_days=(pl.col("register_left") - pl.date(sources.law.year - 1, 1, 1)).dt.total_days(),
        claim_birth_differs=pl.col("birth_date") != pl.col("register_birth"),
        claim_class_differs=pl.col("claimed") != pl.col("actual"),
        claim_kind="document_kind",
        claim_id="dependent_person_id",
        claim_register_disability="register_disability",
        claim_own_disabled=(pl.col("relative_disability").fill_null("none") != "none"),
        claim_disabled=(pl.col("disability").fill_null("none") != "none"),
    )


def family_evidence(sources: Sources) -> pl.DataFrame:
    """Return by person: the claims taken together (over the limit, claimed twice, unmatched …)."""
    limit = sources.law.relative_income_limit
    claims = sources.claims
    relatives = claims.filter(pl.col("role") != "spouse")
    spouse = (
        claims.filter(pl.col("role") == "spouse")
        .group_by("person")
        .agg(
            spouse_income=pl.col("relative_income").max(),
            spouse_stated=pl.col("stated_income").max(),
            spouse_claimants=pl.col("claimants").max(),
            spouse_unmatched=UNMATCHED.any(),
            spouse_found=pl.col("found").any(),
            spouse_died_before=died_before(sources.law).any(),
        )
    )
    taken = relatives.group_by("person").agg(
        family_claims=pl.len(),
        family_over=(pl.col("relative_income") > limit).sum(),
        family_twice=(pl.col("claimants") > 1).sum(),
        family_unmatched=UNMATCHED.sum(),
        family_found=pl.col("found").sum(),
        family_left=pl.col("register_left").is_not_null().sum(),
        family_died_before=died_before(sources.law).sum(),
        family_under16=(pl.col("role") == "under16").sum(),
        family_apart=pl.col("lives_apart").sum(),
        family_abroad=pl.col("lives_abroad").sum(),
    )
    return taken.join(spouse, on="person", how="full", coalesce=True).sort("person")
