"""Several people side by side in a line (扶養１氏名, 扶養２氏名 …): which columns, and whose they are."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Fit, fit
from tadasu.extract.sniff.scores import Relations
from tadasu.extract.sniff.words import terms
from tadasu.tables import DEPENDENTS

_NUMBER = re.compile(r"(?P<before>.*?)(?P<number>[0-9０-９①-⑩]{1,2}(?:人目|番目)?)(?P<after>\D*)")
_LEAST = 2
_BORN = "生年月日"
_ROLES = (
    ("16歳未満", "under16"),
    ("年少", "under16"),
    ("配偶者", "spouse"),
    ("家族", ""),
    ("扶養", "dependent"),
)


@dataclass(frozen=True, slots=True)
class Wide:
    """Relatives in the columns of a line.

    form: how a column is called, with `{n}` for the place and `{}` for what it holds. slots: places with the
    role of who stands there, '' where no name says it. fit: what it holds, as columns of `dependents`.
    unused: what nothing was found for.
    """

    form: str
    slots: tuple[tuple[str, str], ...]
    fit: Fit
    columns: frozenset[str]
    unused: tuple[Content, ...] = ()

    @property
    def told(self) -> bool:
        """Say whether the names of the places tell who stands there: each does, and they differ."""
        return all(role for _, role in self.slots) and len({role for _, role in self.slots}) > 1

    @property
    def taken(self) -> frozenset[str]:
        """Return the columns that are read."""
        rests = [match.content.name for match in self.fit.matches]
        return frozenset(self.column(rest).replace("{n}", place) for rest in rests for place, _ in self.slots)

    def column(self, rest: str) -> str:
        """Return the name of a column with `{n}` for the place."""
        return self.form.replace("{}", rest)


def aside(contents: Sequence[Content]) -> frozenset[str]:
    """Return the columns of relatives side by side: they are not the taxpayer's own."""
    return frozenset(
        name for _, slots in _families(contents) for slot in _people(slots) for name in slots[slot].values()
    )


def wide(contents: Sequence[Content], relations: Relations) -> tuple[Wide, ...]:
    """Return the relatives in the columns of a file, taken for rows of `dependents`."""
    found = []
    by_name = {content.name: content for content in contents}
    for form, slots in _families(contents):
        known = _people(slots)
        if not known:
            continue
        rests = dict.fromkeys(rest for slot in known for rest in slots[slot])
        columns = {rest: [by_name[slots[s][rest]] for s in known if rest in slots[s]] for rest in rests}
        shown = [_fullest(rest, of_rest) for rest, of_rest in columns.items()]
        keys = {rest: relations.of(_best(of_rest).name) for rest, of_rest in columns.items()}
        # A rest that some place lacks cannot be asked of it.
        everywhere = [c for c in shown if all(c.name in slots[slot] for slot in known)]
        told = fit(everywhere, DEPENDENTS, Relations(keys))
        names = frozenset(name for rest in slots.values() for name in rest.values())
        if any(match.column.name != "line_no" for match in told.matches):
            used = {match.content.name for match in told.matches}
            unused = tuple(c for c in everywhere if c.name not in used and not (c.refused or c.forbidden))
            found.append(Wide(form, tuple(known.items()), told, names, unused))
    return tuple(found)


def _people(slots: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the places where somebody stands, with the role: relatives by name, or who has a birthday."""
    roles = {slot: _role(f"{slot} {next(iter(rests.values()))}") for slot, rests in slots.items()}
    born = {slot for slot, rests in slots.items() if any(_BORN in terms(rest) for rest in rests)}
    return {slot: role for slot, role in roles.items() if role or slot in born}


def _families(contents: Sequence[Content]) -> list[tuple[str, dict[str, dict[str, str]]]]:
    """Return the columns side by side: a form of names, then by place and by what stands there the name.

    Places come before what they hold (扶養１氏名) or after it (扶養氏名１).
    """
    first: dict[str, dict[str, str]] = {}
    last: dict[str, dict[str, dict[str, str]]] = {}
    for name in (c.name for c in contents):
        place = _NUMBER.fullmatch(name)
        if not place or "#" in name or not place["before"]:
            continue
        if place["after"].strip("_ 　"):
            first.setdefault(place["before"] + place["number"], {})[place["after"]] = name
        else:
            of_role = last.setdefault(_role(place["before"]) + place["after"], {})
            of_role.setdefault(place["number"], {})[place["before"]] = name
    families = []
    sides = _alike(first)
    if sides:
        _join_single(sides, contents)
        families.append(("{n}{}", sides))
    families += [("{}{n}", _alike(slots)) for slots in last.values() if _alike(slots)]
    return families


def _alike(slots: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Keep the places that hold the same kinds of columns as at least one other place."""
    return {
        slot: rests
        for slot, rests in slots.items()
        if len(rests) >= _LEAST
        and any(len(rests.keys() & o.keys()) >= _LEAST for s, o in slots.items() if s != slot)
    }


def _join_single(sides: dict[str, dict[str, str]], contents: Sequence[Content]) -> None:
    """Add a place that stands there once, such as the spouse's, with the columns of the numbered ones."""
    rests = {rest for slot in sides.values() for rest in slot}
    taken = {name for slot in sides.values() for name in slot.values()}
    single: dict[str, dict[str, str]] = {}
    for name in (c.name for c in contents if c.name not in taken):
        for rest in rests:
            before = name.removesuffix(rest)
            if before != name and before and _role(before) == "spouse":
                single.setdefault(before, {})[rest] = name
    sides |= {slot: found for slot, found in single.items() if len(found) >= max(_LEAST, len(rests) // 2)}


def _role(text: str) -> str:
    """Return whose place a name speaks of: the words that come first in the list count."""
    plain = unicodedata.normalize("NFKC", text)
    words = terms(text)
    return next((role for word, role in _ROLES if word in plain or word in words), "")


def _fullest(rest: str, columns: Sequence[Content]) -> Content:
    """Return the column of a kind that says most, with the codes of all, under the name that all share."""
    counts: Counter[str] = Counter()
    for content in columns:
        counts.update(dict(content.values))
    values = tuple(counts.most_common())
    refused = any(content.refused for content in columns)
    meanings = {code: word for content in columns for code, word in content.meanings.items()}
    whole = replace(_best(columns), name=rest, said="", values=values, distinct=len(values))
    return replace(whole, refused=refused, meanings=meanings)


def _best(columns: Sequence[Content]) -> Content:
    return max(columns, key=lambda content: content.filled)
