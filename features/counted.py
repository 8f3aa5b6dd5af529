"""Who claims whom on papers in force, in the whole ward, and where the claimant's record counts the relative.

Law: as in `features.repairs.family`.
"""

import polars as pl

from features.repairs.family import CLASSES, DISABLED, class_of
from features.repairs.incomes import in_force
from features.repairs.sources import Sources
from features.values import FIELD_NAMES, NUMBER, encode

Tables = dict[str, pl.DataFrame]
SPOUSE, SPECIAL = NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"]
SPECIFIED, RELATIVE = NUMBER["n_dependent_specified"], NUMBER["specified_relative_special"]
COUNTS = tuple(NUMBER[name] for name in CLASSES.values())
SPOKEN_OF = (*COUNTS, *(NUMBER[name] for name in DISABLED.values()), SPOUSE, SPECIAL, RELATIVE)
"""Fields of another person of which a repair can say something."""


def records_of_all(tables: Tables) -> pl.DataFrame:
    """Return (other, field, recorded) of everyone, in the fields that a repair can speak of."""
    wide = encode(tables["assessments"]).select("person_id", *(FIELD_NAMES[field] for field in SPOKEN_OF))
    names = {FIELD_NAMES[field]: field for field in SPOKEN_OF}
    return wide.unpivot(index="person_id", variable_name="name", value_name="recorded").select(
        other="person_id",
        field=pl.col("name").replace_strict(names, return_dtype=pl.Int64),
        recorded=pl.col("recorded").fill_null(0),
    )


def claims_counted(tables: Tables, sources: Sources, records: pl.DataFrame) -> pl.DataFrame:
    """Return each pair of claimant and relative on papers in force once, of the whole ward.

    claimant, relative, is_spouse, birth; slot: the field that counts the relative in the claimant's record,
    null where none does; disabled: the same of the relative's disability.
    """
    coded = _coded(_named(tables), sources)
    for name in ("by_paper", "by_register", "disabled"):
        counted = records.filter(pl.col("recorded") > 0).select(
            claimant="other", **{name: "field"}, **{f"{name}_now": pl.lit(value=True)}
        )
        coded = coded.join(counted, on=["claimant", name], how="left")
    deducted = records.filter(pl.col("field").is_in((SPOUSE, SPECIAL)) & (pl.col("recorded") > 0))
    deducted = deducted.select(claimant="other", has=pl.lit(value=True)).unique()
    coded = coded.join(deducted, on="claimant", how="left")
    of_class = pl.when("by_paper_now").then("by_paper").when("by_register_now").then("by_register")
    made = coded.select(
        *("claimant", "relative", "is_spouse", "birth"),
        slot=pl.when("is_spouse").then(pl.when("has").then(SPOUSE)).otherwise(of_class),
        disabled=pl.when("disabled_now").then("disabled"),
    )
    pair = ["claimant", "relative"]
    ordered = made.sort(*pair, "slot", "disabled", "birth", nulls_last=True)
    return ordered.unique(pair, keep="first", maintain_order=True)


def _named(tables: Tables) -> pl.DataFrame:
    """Return the lines of papers in force that name a relative of the register, with both households."""
    standing = tables["documents"].filter(in_force()).select("document_id", claimant="person_id")
    homes = tables["residents"].select(claimant="person_id", home="household_id")
    register = tables["residents"].select(
        relative="person_id", register_birth="birth_date", register_home="household_id"
    )
    named = tables["dependents"].rename({"dependent_person_id": "relative"}).drop_nulls("relative")
    claims = named.join(standing, on="document_id").filter(pl.col("claimant") != pl.col("relative"))
    return claims.join(register, on="relative", how="left").join(homes, on="claimant", how="left")


def _coded(claims: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return of each line the fields that may count the relative: by the paper and by the register."""
    together = (pl.col("register_home") == pl.col("home")).fill_null(value=False)
    apart = pl.col("lives_apart").fill_null(value=False)
    by_paper = class_of(sources.law, "birth_date", ~apart)
    under16 = pl.col("role") == "under16"
    return claims.select(
        *("claimant", "relative"),
        is_spouse=pl.col("role") == "spouse",
        birth=pl.coalesce("register_birth", "birth_date"),
        by_paper=_number(pl.when(under16).then(pl.lit("under16")).otherwise(by_paper), CLASSES),
        by_register=_number(class_of(sources.law, "register_birth", together), CLASSES),
        disabled=_number(pl.col("disability"), DISABLED),
    )


def _number(word: pl.Expr, names: dict[str, str]) -> pl.Expr:
    numbers = {key: NUMBER[name] for key, name in names.items()}
    return word.replace_strict(numbers, default=None, return_dtype=pl.Int64)
