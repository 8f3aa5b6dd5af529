"""Proposals that settle several relatives at once: single moves, each with its reason, put together.

One paper names several relatives, and the causes that make one claim wrong (an income over the limit, another
claimant, a class by a wrong date of birth) often hit two of them; an officer corrects all in one go.
"""

import polars as pl

from features.repairs.causes import COUNTED, digit
from features.repairs.lines import grouped
from features.repairs.moves import CHILDREN, SPOUSE, moves
from features.repairs.sources import Sources

MOST, MOST_OF_THREE = 10, 6
"""Moves of one person that are combined, and combined by three; of more, those of the first relatives."""


def combined(sources: Sources) -> pl.DataFrame:
    """Propose the moves of several fields, two and three moves together, and all of a person's removals."""
    steps = moves(sources)
    # The same move may stand on several papers; which paper it came from does not matter any more.
    key = ["person", "group", "move"]
    steps = steps.sort(*key, "document", "field").unique(
        [*key, "field", "delta"], keep="first", maintain_order=True
    )
    steps = _once(steps)
    named = steps.unique(key, keep="first", maintain_order=True).select(*key, "cause")
    numbered = named.sort(pl.col("person"), pl.col("group") < SPOUSE, "group", "move")
    numbered = numbered.with_columns(atom=pl.int_range(pl.len(), dtype=pl.Int64).over("person"))
    numbered = numbered.filter(pl.col("atom") < MOST)
    steps = steps.drop("cause").join(numbered.drop("cause"), on=key)
    sets = pl.concat([_sets(numbered), _removals(numbered)])
    chosen = sets.join(steps, on=["person", "atom"])
    way = _causes(sets, numbered)
    # The children of the register are all there are: a relative moved among them is no further one.
    counted = pl.col("group") == CHILDREN
    chosen = chosen.filter(counted | ~counted.any().over("person", "option", "field"))
    summed = chosen.group_by("person", "option", "field").agg(pl.col("delta").sum())
    summed = summed.filter(pl.col("delta") != 0).join(sources.recorded, on=["person", "field"])
    summed = summed.join(way, on=["person", "option"]).sort("person", "option", "field")
    return grouped(
        summed,
        "combined",
        field=pl.col("field"),
        value=pl.col("recorded") + pl.col("delta"),
        option=pl.col("option"),
        way=pl.col("way"),
    )


def _causes(sets: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """Return by person and option how many moves of each cause it holds, in one number (`repairs.causes`)."""
    named = sets.join(numbered.select("person", "atom", "cause"), on=["person", "atom"])
    # More moves of one cause than a digit holds must not run over into the next.
    counted = named.group_by("person", "option", "cause").agg(
        moves=pl.len().cast(pl.Int64).clip(upper_bound=COUNTED - 1)
    )
    return counted.group_by("person", "option").agg(way=(pl.col("moves") * digit(pl.col("cause"))).sum())


def _once(steps: pl.DataFrame) -> pl.DataFrame:
    """Keep of moves of a group that come to the same changes only the first."""
    key = ["person", "group", "move"]
    text = pl.format("{}:{}", "field", "delta").sort().str.join(",")
    content = steps.group_by(key).agg(content=text).sort(key)
    first = content.unique(["person", "group", "content"], keep="first", maintain_order=True)
    return steps.join(first.select(key), on=key, how="semi")


def _sets(numbered: pl.DataFrame) -> pl.DataFrame:
    """Return (person, option, atom) of each single move, each pair and each triple of different groups."""
    one = numbered.select("person", "atom", "group")
    two = one.join(one, on="person", suffix="_2").filter(
        (pl.col("atom") < pl.col("atom_2")) & (pl.col("group") != pl.col("group_2"))
    )
    few = two.filter(pl.col("atom_2") < MOST_OF_THREE)
    three = few.join(one.filter(pl.col("atom") < MOST_OF_THREE), on="person", suffix="_3").filter(
        (pl.col("atom_2") < pl.col("atom_3")) & (pl.col("group_3") != pl.col("group_2"))
    )
    frames = []
    for frame, names in ((one, ["atom"]), (two, ["atom", "atom_2"]), (three, ["atom", "atom_2", "atom_3"])):
        option = pl.sum_horizontal((2 ** pl.col(name)).cast(pl.Int64) for name in names)
        numbered = frame.select("person", option=option, part=pl.concat_list(names))
        frames.append(numbered.explode("part", empty_as_null=False).rename({"part": "atom"}))
    return pl.concat(frames)


def _removals(numbered: pl.DataFrame) -> pl.DataFrame:
    """Return all removals of a person's relatives as one choice."""
    gone = numbered.filter((pl.col("group") < SPOUSE) & (pl.col("move") == 0))
    many = gone.filter(pl.len().over("person") > len(("one", "two", "three")))
    return many.select("person", option=pl.lit(2**MOST, dtype=pl.Int64), atom="atom")
