"""One row opened: its documents side by side, its candidates, and the clues that weighed, as plain data."""

import math
from typing import Any

import polars as pl

from features.columns import COLUMNS
from features.linked import REASONS
from features.repairs.incomes import in_force
from features.repairs.kinds import KINDS
from features.repairs.papers import SUMMED
from features.repairs.sources import sources
from features.values import FIELD_NAMES
from models.reasons.contributions import CLEAR, CLEARNESS, LEAST, Contributions
from models.reasons.papers import FOR_INCOME_TAX, MARK, REPORTS, named
from tadasu.fields import FIELDS, TAX_FIELDS, VALUE_WORDS
from tadasu.law import Law

Tables = dict[str, pl.DataFrame]
LABELS = {kind.name: kind.label for kind in KINDS}
SENTENCES = {column.name: column.sentence for column in COLUMNS} | CLEAR
LOGGED = {column.name for column in COLUMNS if ".log(" in str(column.value)}
"""Columns that hold the logarithm of an amount in yen."""
SIDES = {"row": "行", "repair": "最有力の修正案", "": CLEARNESS}
EVIDENCE = 3
"""Clues told of each group."""


def narrowed(tables: Tables, person_id: str) -> Tables:
    """Return the extract cut down to what reasons about one person need.

    That is the person's own rows and documents, the documents of others who claim the same relatives, and
    the people behind all of them.
    """
    own = tables["documents"].filter(pl.col("person_id") == person_id)
    lines = tables["dependents"]
    relatives = lines.filter(pl.col("document_id").is_in(own["document_id"].implode()))["dependent_person_id"]
    shared = lines.filter(pl.col("dependent_person_id").is_in(relatives.drop_nulls().implode()))
    kept = pl.concat([own["document_id"], shared["document_id"]]).unique()
    documents = tables["documents"].filter(pl.col("document_id").is_in(kept.implode()))
    home = tables["residents"].filter(pl.col("person_id") == person_id)["household_id"]
    people = pl.concat([documents["person_id"], relatives.drop_nulls(), pl.Series([person_id])]).unique()
    of_people = pl.col("person_id").is_in(people.implode())
    at_home = pl.col("household_id").is_in(home.implode())
    residents = tables["residents"].filter(of_people | at_home)
    known = pl.concat([people, residents["person_id"]]).unique().implode()
    return tables | {
        "inconsistencies": tables["inconsistencies"].filter(pl.col("person_id") == person_id),
        "documents": documents,
        "dependents": lines.filter(pl.col("document_id").is_in(kept.implode())),
        "donations": tables["donations"].filter(pl.col("person_id") == person_id),
        "residents": residents,
        "assessments": tables["assessments"].filter(pl.col("person_id").is_in(known)),
        "previous_assessments": tables["previous_assessments"].filter(pl.col("person_id") == person_id),
    }


def entry(row: dict[str, Any], field: str | None) -> dict[str, Any]:
    """Return the list's entry: what the row says, in the words of the list."""
    asked = (
        "row_id",
        "tax_year",
        "person_id",
        "check_code",
        "check_name",
        "message",
        "detected_on",
        "document_ids",
        "related_person_id",
        "stated_value",
        "expected_value",
    )
    return {name: row[name] for name in asked} | {
        "field": field,
        "label": FIELDS[field].label if field else None,
    }


def documents(tables: Tables, law: Law, person_id: str) -> dict[str, Any]:
    """Return the person's documents side by side with the record and last year's.

    `papers`: document_id, name, in_force of each. `lines`: field, label, recorded, last_year, values (one a
    paper, in their order) and differs: whether record and documents in force disagree. Values are words for
    people; a field that nobody states is left out.
    """
    prepared = sources(tables, law)
    names = dict(named(prepared).select("document", "long").iter_rows())
    own = prepared.documents.sort("in_force", "received_on", "document_id", descending=[True, False, False])
    raw = tables["documents"].filter(pl.col("person_id") == person_id).with_columns(in_force=in_force())
    stated = {row["document_id"]: row for row in raw.iter_rows(named=True)}
    papers = [
        {"document_id": row["document_id"], "name": names[row["document"]], "in_force": row["in_force"]}
        for row in own.iter_rows(named=True)
    ]
    record = _of_person(tables["assessments"], person_id)
    last = _of_person(tables["previous_assessments"], person_id)
    lines = []
    for field in (f for f in TAX_FIELDS if f.name in raw.columns or f.name in record):
        values = [stated[paper["document_id"]].get(field.name) for paper in papers]
        if not any((record.get(field.name), last.get(field.name), *values)):
            continue
        rows = [stated[paper["document_id"]] for paper in papers]
        lines.append(
            {
                "field": field.name,
                "label": field.label,
                "recorded": words(field.name, record.get(field.name)),
                "last_year": words(field.name, last.get(field.name)),
                "values": [_stated(field.name, row) for row in rows],
                "differs": _differs(field.name, record.get(field.name), rows),
            }
        )
    return {"papers": papers, "lines": lines}


def _of_person(frame: pl.DataFrame, person_id: str) -> dict[str, Any]:
    found = frame.filter(pl.col("person_id") == person_id)
    return found.row(0, named=True) if found.height else {}


def _for_income_tax(field: str, row: dict[str, Any]) -> bool:
    return field in FOR_INCOME_TAX and row["kind"] != "resident_return"


def _stated(field: str, row: dict[str, Any]) -> str:
    """Return what a document states; amounts for the income tax, which the record's are not, are marked."""
    value = row.get(field)
    return words(field, value) + (MARK if value and _for_income_tax(field, row) else "")


def _differs(field: str, recorded: Any, rows: list[dict[str, Any]]) -> bool:
    """Say whether record and documents in force disagree; amounts that add up count as their sum."""
    known = [row for row in rows if row["in_force"] and row.get(field) is not None]
    known = [row for row in known if not _for_income_tax(field, row)]
    if not known:
        return False
    adding = [row[field] for row in known if field in SUMMED and row["kind"] in REPORTS]
    values = {row[field] for row in known if not (field in SUMMED and row["kind"] in REPORTS)}
    values |= {sum(adding)} if adding else set()
    return len(values | {recorded if recorded is not None else _nothing(field)}) > 1


def _nothing(field: str) -> Any:
    return {"status": "none", "flag": False}.get(FIELDS[field].kind, 0)


def words(field: str, value: Any) -> str:
    """Return a value as people read it; a dash for an empty cell."""
    if value is None:
        return "－"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text in VALUE_WORDS:
        return VALUE_WORDS[text]
    number = int(text)
    return f"{'△' if number < 0 else ''}{abs(number):,}{FIELDS[field].unit}"


def candidates(
    frames: Tables, row_id: str, chances: pl.DataFrame, told: pl.DataFrame, leave: str
) -> list[dict[str, Any]]:
    """Return the row's repairs, likeliest first: kind, p, changes, tax before and after, settles, reasons.

    `frames` are repairs and changes, `chances` (repair_id, p) of the row, `told` (repair_id, field, ground),
    `leave` says why the record may stand.
    """
    repairs = frames["repairs"].filter(pl.col("row_id") == row_id).join(chances, on="repair_id")
    changes = (
        frames["changes"].filter(pl.col("row_id") == row_id).join(told, on=["repair_id", "field"], how="left")
    )
    made = []
    for repair in repairs.sort("p", "repair_id", descending=[True, False]).iter_rows(named=True):
        after, delta = repair["tax_after"], repair["tax_delta"]
        before = after - delta if after is not None and delta is not None else None
        own = changes.filter(pl.col("repair_id") == repair["repair_id"])
        made.append(
            {
                "repair_id": repair["repair_id"],
                "kind": repair["kind"],
                "label": LABELS.get(repair["kind"], repair["kind"]),
                "p": repair["p"],
                "document_id": repair["document_id"],
                "tax_before": before,
                "tax_after": after,
                "tax_delta": delta,
                "settles": repair["settles"],
                "reasons": own["ground"].drop_nulls().to_list() or [leave],
                "changes": [_change(line) for line in own.iter_rows(named=True)],
            }
        )
    return made


def linked(frames: Tables, repairs: list[int]) -> list[dict[str, Any]]:
    """Return what these repairs of the row imply for other people, a repair and person each.

    Keys: repair_id, person_id, changes (as those of a candidate), why (for people), settles (no more is to be
    done there). A repair without lines about a person implies what 'leave' does. Empty without `linked`.
    """
    if "linked" not in frames:
        return []
    lines = frames["linked"].sort("repair_id", "person_id", "field")
    made = []
    for repair in dict.fromkeys(repairs):
        for person in lines["person_id"].unique().sort():
            about = lines.filter(pl.col("person_id") == person)
            own = about.filter(pl.col("repair_id") == repair)
            told = (own if own.height else about.filter(pl.col("repair_id") == 0)).to_dicts()
            if told:
                made.append(_implied(repair, person, told))
    return made


def _implied(repair: int, person: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    changed = [line for line in lines if line["proposed"] != line["recorded"]]
    return {
        "repair_id": repair,
        "person_id": person,
        "changes": [_change(line) for line in changed],
        "why": REASONS[(changed or lines)[0]["why"]],
        "settles": not changed,
    }


def _change(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "field": line["field"],
        "label": FIELDS[line["field"]].label,
        "recorded": words(line["field"], line["recorded"]),
        "proposed": words(line["field"], line["proposed"]),
    }


def groups(found: Contributions) -> list[dict[str, Any]]:
    """Return what weighed in the first row of `found`: each group, strongest first, with its strongest clues.

    `weight` is in log-odds, above 0 towards a correction.
    """
    weights = dict(zip(found.groups, found.by_group[0].tolist(), strict=True))
    heads = {column.name: column.group for column in COLUMNS}
    clues: dict[str, list[dict[str, Any]]] = {}
    order = sorted(range(len(found.inputs)), key=lambda place: -abs(found.by_input[0, place]))
    for place in order:
        side, name = found.inputs[place]
        clue = {
            "sentence": SENTENCES.get(name, CLEARNESS),
            "of": SIDES[side],
            "value": clue_text(name, float(found.values[0, place])),
            "weight": round(float(found.by_input[0, place]), 4),
        }
        clues.setdefault(heads.get(name, CLEARNESS) if side else CLEARNESS, []).append(clue)
    told = sorted(weights.items(), key=lambda item: -abs(item[1]))
    return [
        {"group": group, "weight": round(weight, 4), "clues": clues.get(group, [])[:EVIDENCE]}
        for group, weight in told
        if abs(weight) >= LEAST
    ]


def clue_text(name: str, value: float) -> str:
    """Return what the model saw in a column, for people; a dash where there was nothing.

    Amounts are kept as logarithms of 32 bits, so that they come back to about four digits.
    """
    if not math.isfinite(value):
        return "－"
    if name in LOGGED:
        amount = float(f"{math.copysign(math.expm1(abs(value)), value):.4g}")
        return f"約{amount:,.0f}円"
    if name == "kind":
        return KINDS[int(value)].label
    if name in ("field", "named"):
        return FIELDS[FIELD_NAMES[int(value)]].label if value >= 0 else "－"
    if name.endswith("_share"):
        return f"{value:.1%}"
    return f"{value:,.4g}" if value < 1_000 else f"{value:,.0f}"
