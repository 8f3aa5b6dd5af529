"""What the files of an export say of each other: one name is one thing, and codes are those of one system."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from tadasu.extract.sniff.codes import guess
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Fit, Match
from tadasu.extract.sniff.words import plain
from tadasu.tables import ASSESSMENTS, PREVIOUS_ASSESSMENTS

_RECORDS = (ASSESSMENTS, PREVIOUS_ASSESSMENTS)


def same_names(fits: Sequence[Fit | None]) -> list[dict[str, str]]:
    """Return for each file what a name is taken for in the others: of several things the likeliest."""
    weights: list[dict[str, dict[str, float]]] = []
    for fit in fits:
        own: dict[str, dict[str, float]] = {}
        for match in fit.matches if fit else ():
            if not match.content.called.split("#")[0].isdigit():
                own.setdefault(match.content.called, {})[match.column.name] = match.score
        weights.append(own)
    return [_votes([of for at, of in enumerate(weights) if at != place]) for place in range(len(fits))]


def _votes(others: Sequence[dict[str, dict[str, float]]]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    for of_file in others:
        for name, told in of_file.items():
            # Counters add up fractions as well as wholes.
            votes.setdefault(name, Counter()).update(told)
    return {name: told.most_common(1)[0][0] for name, told in votes.items()}


def names_of_fields(fits: Sequence[Fit | None], contents: Sequence[Sequence[Content]]) -> pl.Series:
    """Return what the records call their columns: a list or a correction may name fields so."""
    records = (of for fit, of in zip(fits, contents, strict=True) if fit and fit.table in _RECORDS)
    names = [name for of_file in records for content in of_file for name in _names(content)]
    return pl.Series(names, dtype=pl.String())


def codes_of_fields(fits: Sequence[Fit | None]) -> dict[str, str]:
    """Return which field a code or a word of the list or of the corrections stands for, over all files.

    A word is a field's name in the record; what one file says of its codes holds in the others.
    """
    called = {plain(name): match.column.name for match in _recorded(fits) for name in _names(match.content)}
    found: dict[str, str] = {}
    for fit in fits:
        match = fit.of("field") if fit else None
        if match is None:
            continue
        words = {**{value: value for value, _ in match.content.values}, **match.content.meanings}
        by_name = {code: called[plain(word)] for code, word in words.items() if plain(word) in called}
        spoken = guess(match.content, match.column).known
        found |= {c: w for c, w in {**spoken, **by_name}.items() if c and w in match.column.values}
    return found


def _recorded(fits: Sequence[Fit | None]) -> list[Match]:
    return [match for fit in fits if fit and fit.table in _RECORDS for match in fit.matches]


def _names(content: Content) -> tuple[str, ...]:
    return tuple(dict.fromkeys((content.name, content.called)))
