"""Proposals about relatives: take a claim away, change its class by age and household, count anew.

Law: a relative belongs to the class of their age on 31 December and lives together or not (地方税法314条の2);
whoever is over the income limit is nobody's dependant (同292条1項7号・9号).
"""

from collections.abc import Callable

import polars as pl

from features.repairs.lines import grouped, lines, together
from features.repairs.sources import Sources
from features.values import FIELD_NAMES, NUMBER
from tadasu.fields import DISABILITIES, SPOUSE_KINDS
from tadasu.law import Law

CLASSES = {
    "under16": "n_dependent_under16",
    "general": "n_dependent_general",
    "specified": "n_dependent_specified",
    "elderly": "n_dependent_elderly",
    "cohabiting": "n_dependent_elderly_cohabiting",
}
DISABLED = {
    "ordinary": "n_disabled_ordinary",
    "special": "n_disabled_special",
    "special_cohabiting": "n_disabled_special_cohabiting",
}
ASCENDANTS = ("parent", "grandparent")
MOVES = (
    ("general", "specified"),
    ("general", "elderly"),
    ("general", "under16"),
    ("specified", "under16"),
    ("elderly", "cohabiting"),
    ("general", "cohabiting"),
)
DISABILITY_MOVES = (
    ("ordinary", "special"),
    ("ordinary", "special_cohabiting"),
    ("special", "special_cohabiting"),
)


def _numbers(names: dict[str, str]) -> dict[str, int]:
    return {word: NUMBER[name] for word, name in names.items()}


def class_of(law: Law, birth: str, together: pl.Expr) -> pl.Expr:
    """Return the class of a relative born on `birth`; an elderly ascendant living together is its own."""
    by_age = law.relative_class(pl.col(birth))
    ascendant = pl.col("relationship").is_in(ASCENDANTS)
    return pl.when((by_age == "elderly") & ascendant & together).then(pl.lit("cohabiting")).otherwise(by_age)


def claimed_relatives(sources: Sources) -> pl.DataFrame:
    """Return each claimed dependant once a person: class claimed, class by the register, disability."""
    apart = pl.col("lives_apart").fill_null(value=False)
    claimed = class_of(sources.law, "birth_date", ~apart)
    actual = class_of(sources.law, "register_birth", pl.col("together"))
    claims = sources.claims.filter(pl.col("role") != "spouse").with_columns(
        claimed=pl.when(pl.col("role") == "under16").then(pl.lit("under16")).otherwise(claimed),
        actual=pl.when(pl.col("register_birth").is_null()).then(None).otherwise(actual),
    )
    return claims.with_columns(
        from_field=pl.col("claimed").replace_strict(_numbers(CLASSES), default=None, return_dtype=pl.Int64),
        to_field=pl.col("actual").replace_strict(_numbers(CLASSES), default=None, return_dtype=pl.Int64),
        disability_field=pl.col("disability").replace_strict(
            _numbers(DISABLED), default=None, return_dtype=pl.Int64
        ),
        option=pl.col("line_no").cast(pl.Int64),
    )


def _recorded(frame: pl.DataFrame, sources: Sources, field: str, name: str) -> pl.DataFrame:
    known = sources.recorded.select("person", pl.col("field").alias(field), pl.col("recorded").alias(name))
    return frame.join(known, on=["person", field], how="left", maintain_order="left")


def remove_claims(sources: Sources) -> pl.DataFrame:
    """Take one claimed dependant out of their class, with and without their disability."""
    claims = _recorded(claimed_relatives(sources), sources, "from_field", "now")
    claims = _recorded(claims, sources, "disability_field", "now_disabled")
    less = pl.col("now") - 1
    disabled = claims.filter(pl.col("disability_field").is_not_null())
    disabled_less = pl.col("now_disabled") - 1
    option = pl.col("option")
    both = "remove_claim_disability"
    return pl.concat(
        [
            lines(claims, "remove_claim", field=pl.col("from_field"), value=less, option=option),
            lines(
                claims, "remove_claim", field=pl.col("disability_field"), value=disabled_less, option=option
            ),
            grouped(disabled, both, field=pl.col("from_field"), value=less, option=option),
            grouped(disabled, both, field=pl.col("disability_field"), value=disabled_less, option=option),
        ]
    )


def remove_several(sources: Sources) -> pl.DataFrame:
    """Take two or more dependants of a class that one document names out of it, and all that it names."""
    named = (
        claimed_relatives(sources)
        .filter(pl.col("from_field").is_not_null())
        .group_by("person", "document", field="from_field")
        .agg(named=pl.len().cast(pl.Int64))
        .sort("person", "document", "field")
    )
    named = _recorded(named, sources, "field", "now")
    several = named.filter(pl.col("named") > 1).with_columns(less=pl.int_ranges(2, pl.col("named") + 1))
    several = several.explode("less", empty_as_null=False)
    every = pl.col("now") - pl.col("named")
    return pl.concat(
        [
            lines(several, "remove_claim", value=pl.col("now") - pl.col("less"), option=200 + pl.col("less")),
            grouped(named, "remove_claim", field=pl.col("field"), value=every, option=901),
            *_nobody(sources),
        ]
    )


def _nobody(sources: Sources) -> list[pl.DataFrame]:
    """Claim none of the recorded dependants, with or without their disabilities, however papers count."""
    holding = sources.record.filter(pl.sum_horizontal(CLASSES.values()) > 1)
    sets = (tuple(CLASSES.values()), (*CLASSES.values(), *DISABLED.values()))
    return [
        together(holding, "remove_claim", {name: pl.lit(0) for name in names}, option=950 + number)
        for number, names in enumerate(sets)
    ]


def as_last_year(sources: Sources) -> pl.DataFrame:
    """Take last year's final family: the spouse's two fields, all dependants, and these with disabilities."""
    before = sources.previous.with_columns(pl.col(FIELD_NAMES).fill_null(0))
    spouse_fields = ("spouse_kind", "spouse_special_deduction")
    sets = (spouse_fields, tuple(CLASSES.values()), (*CLASSES.values(), *DISABLED.values()))
    return pl.concat(
        together(before, "last_year", {name: pl.col(name) for name in names}, option=10_000 + option)
        for option, names in enumerate(sets)
    )


def reclassify(sources: Sources) -> pl.DataFrame:
    """Move a claimed dependant to the class that the register's birth date and household give."""
    claims = claimed_relatives(sources).filter(
        pl.col("to_field").is_not_null() & (pl.col("to_field") != pl.col("from_field"))
    )
    claims = _recorded(_recorded(claims, sources, "from_field", "now"), sources, "to_field", "then")
    option = pl.col("option")
    more = pl.col("then") + 1
    return pl.concat(
        [
            grouped(claims, "reclassify", field=pl.col("from_field"), value=pl.col("now") - 1, option=option),
            grouped(claims, "reclassify", field=pl.col("to_field"), value=more, option=option),
            lines(claims, "reclassify", field=pl.col("to_field"), value=more, option=option + 100),
        ]
    )


def reclassify_all(sources: Sources) -> pl.DataFrame:
    """Set every class to what the register gives for all the relatives that a document names."""
    claims = claimed_relatives(sources)
    by = ["person", "document", "field"]
    less = claims.select("person", "document", field="from_field", move=pl.lit(-1))
    more = claims.select("person", "document", field=pl.coalesce("to_field", "from_field"), move=pl.lit(1))
    moves = (
        pl.concat([less, more]).group_by(by).agg(pl.col("move").sum()).filter(pl.col("move") != 0).sort(by)
    )
    moved = _recorded(moves.filter(pl.col("field").is_not_null()), sources, "field", "now")
    return grouped(moved, "reclassify_all", field=pl.col("field"), value=pl.col("now") + pl.col("move"))


def recount(sources: Sources) -> pl.DataFrame:
    """Take the number of relatives that the lines of a document name, class by class and all together."""
    claims = claimed_relatives(sources)
    made = []
    for option, column in enumerate(("from_field", "to_field", "disability_field")):
        counted = (
            claims.filter(pl.col(column).is_not_null())
            .group_by("person", "document", field=column)
            .agg(value=pl.len())
            .sort("person", "document", "field")
        )
        made.append(lines(counted, "recount", option=option))
    return pl.concat(made)


def stayed(law: Law) -> pl.Expr:
    """Return whether a resident was still there on 31 December, when family status is judged."""
    return pl.col("left_on").is_null() | (pl.col("left_on").dt.year() >= law.year)


def died_before(law: Law) -> pl.Expr:
    """Return whether a claimed relative died before the income year: of that year there is no claim.

    Of somebody who dies during the year the status on the day of death counts (所得税法85条3項).
    """
    before = pl.col("register_left").dt.year() < law.year - 1
    return ((pl.col("register_reason") == "died") & before).fill_null(value=False)


def register_children(sources: Sources) -> pl.DataFrame:
    """Count the children under 16 of the household in the register; some, where somebody else claims one."""
    minors = sources.residents.filter(
        (sources.law.relative_class(pl.col("birth_date")) == "under16") & stayed(sources.law)
    )
    counted = minors.group_by("household_id").agg(value=pl.len())
    children = sources.people.join(counted, on="household_id").sort("person")
    some = children.with_columns(value=pl.int_ranges(2, pl.col("value"))).explode(
        "value", empty_as_null=False
    )
    return pl.concat(
        [
            lines(children, "register_children", field="n_dependent_under16"),
            lines(some, "register_children", field="n_dependent_under16", option=pl.col("value")),
        ]
    )


def register_disability(sources: Sources) -> pl.DataFrame:
    """Take the disability that the ward's own certificate register has for the taxpayer."""
    codes = {word: code for code, word in enumerate(DISABILITIES)}
    code = pl.col("disability").replace_strict(codes, default=None, return_dtype=pl.Int64)
    return lines(sources.people, "register_disability", field="self_disability", value=code)


def spouse(sources: Sources) -> pl.DataFrame:
    """Take the spouse's claim away, or set it by the age in the register."""
    record = sources.record
    claimed = record.filter((pl.col("spouse_kind") > 0) | (pl.col("spouse_special_deduction") > 0))
    none = {"spouse_kind": pl.lit(0), "spouse_special_deduction": pl.lit(0)}
    made = [together(claimed, "remove_claim", none, option=900)]
    for code, word in enumerate(SPOUSE_KINDS):
        changes = {"spouse_kind": pl.lit(code), "spouse_special_deduction": pl.lit(0)}
        if word != "none":
            made.append(together(record, "reclassify", changes, option=900 + code))
    return pl.concat(made)


def class_moves(sources: Sources) -> pl.DataFrame:
    """Move one relative between neighbouring classes, whatever the papers say."""
    moves = [(CLASSES[a], CLASSES[b]) for a, b in MOVES]
    moves += [(DISABLED[a], DISABLED[b]) for a, b in DISABILITY_MOVES]
    made = []
    for option, (source, target) in enumerate([*moves, *((b, a) for a, b in moves)]):
        holding = sources.record.filter(pl.col(source) > 0)
        changes = {source: pl.col(source) - 1, target: pl.col(target) + 1}
        made.append(together(holding, "move_class", changes, option))
    return pl.concat(made)


FAMILY: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    remove_claims,
    remove_several,
    reclassify,
    reclassify_all,
    recount,
    register_children,
    register_disability,
    spouse,
    class_moves,
    as_last_year,
)
