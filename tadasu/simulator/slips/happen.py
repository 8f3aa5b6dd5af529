"""Which slips happen where, what is filed then, and which check and field each is to blame for."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from tadasu.simulator import chance
from tadasu.simulator.papers.papers import Papers
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.odds import Odds
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import CONSEQUENCES, Slip

Hit = tuple[Slip, pl.DataFrame]

BLAME = {
    "person_id": pl.String(),
    "slip": pl.String(),
    "check": pl.String(),
    "field": pl.String(),
    "document_id": pl.String(),
    "asks": pl.String(),
}
_MAIN_PAYER = 0.92
"""Share of a payer's people whom a payer's slip reaches (some reports are made by hand)."""


def draw(scene: Scene, slips: Sequence[Slip], odds: Odds) -> list[Hit]:
    """Return for each slip the places where it happens, with a random number `u` each.

    A slip happens to a person at most once a year. Whether it does depends on the person (or the payer), the
    year and the seed alone; a part of the odds is the same every year: who errs once errs again.
    """
    hits = ((slip, _places(scene, slip, odds)) for slip in slips)
    return [(slip, found) for slip, found in hits if not found.is_empty()]


def _places(scene: Scene, slip: Slip, odds: Odds) -> pl.DataFrame:
    places = slip.places(scene)
    if places.is_empty():
        return places
    drawn = (
        _of_payers(scene, slip, places, odds)
        if slip.per == "payer"
        else _of_people(scene, slip, places, odds)
    )
    found = places.filter(pl.Series(drawn)).unique("person_id", keep="first", maintain_order=True)
    people = chance.numbers(found["person_id"])
    return found.with_columns(
        pl.Series("u", chance.uniform(scene.seed, f"how {slip.name}", scene.year, people))
    )


def _of_people(scene: Scene, slip: Slip, places: pl.DataFrame, odds: Odds) -> np.ndarray:
    rate = odds.of(slip, scene.year) * _carelessness(scene, places)
    drawn = _happens(scene, slip.name, chance.numbers(places["person_id"]), rate, odds.again(slip))
    return np.asarray(drawn | _by_software(scene, slip, places, odds))


def _happens(
    scene: Scene, purpose: str, ids: np.ndarray, rate: np.ndarray | float, again: float
) -> np.ndarray:
    anew = chance.happens(scene.seed, purpose, scene.year, ids, rate * (1 - again))
    always = chance.happens(scene.seed, f"{purpose} always", None, ids, rate * again)
    return np.asarray(anew | always)


def _of_payers(scene: Scene, slip: Slip, places: pl.DataFrame, odds: Odds) -> np.ndarray:
    payers = chance.numbers(places["payer_id"])
    rate = odds.of(slip, scene.year) * _carelessness(scene, places)
    struck = _happens(scene, slip.name, payers, rate, odds.again(slip))
    if odds.missing_payer and slip.name == "payer_delivery_lost":
        struck |= _missing(scene, places, odds.missing_payer)
    people = chance.numbers(places["person_id"])
    reached = chance.happens(scene.seed, f"{slip.name} reaches", scene.year, people, _MAIN_PAYER)
    return np.asarray((struck & reached) | _by_software(scene, slip, places, odds))


def _missing(scene: Scene, places: pl.DataFrame, share: float) -> np.ndarray:
    large = scene.facts.payers.filter(pl.col("size") >= 10)["payer_id"]
    lost = chance.happens(scene.seed, "missing payer", scene.year, chance.numbers(places["payer_id"]), share)
    return np.asarray(lost & places["payer_id"].is_in(large.implode()).to_numpy())


def _carelessness(scene: Scene, places: pl.DataFrame) -> np.ndarray:
    """Return a factor around 1 for the care that the paper's payer takes; 1 where a slip knows no payer."""
    if "payer_id" not in places.columns:
        return np.ones(places.height)
    care = places.select("payer_id").join(
        scene.facts.payers, on="payer_id", how="left", maintain_order="left"
    )
    return 2 * (1 - care["care"].fill_null(0.5).to_numpy())


def _by_software(scene: Scene, slip: Slip, places: pl.DataFrame, odds: Odds) -> np.ndarray:
    bug = odds.bug
    if (
        bug is None
        or bug.slip != slip.name
        or scene.year not in bug.years
        or "payer_id" not in places.columns
    ):
        return np.zeros(places.height, dtype=bool)
    struck = scene.facts.payers.filter(pl.col("software") == bug.software)["payer_id"]
    return places["payer_id"].is_in(struck.implode()).fill_null(value=False).to_numpy()


def happen(scene: Scene, hits: Sequence[Hit]) -> Filed:
    """Return what is filed and keyed when slips happen to the clean papers of a scene."""
    touched = pl.concat(
        [pl.Series("person_id", [], pl.String), *(s for _, hit in hits for s in _touched(hit))]
    )
    inside, outside = _split(scene.papers, touched.unique().to_frame("person_id"))
    filed = Filed.clean(inside)
    for slip, hit in hits:
        filed = slip.change(filed, hit, scene)
    return replace(filed, papers=_joined(filed.papers, outside))


def _touched(hit: pl.DataFrame) -> list[pl.Series]:
    return [hit[name].alias("person_id") for name in ("person_id", "other_id") if name in hit.columns]


def _split(papers: Papers, people: pl.DataFrame) -> tuple[Papers, Papers]:
    """Return the papers of these people, and those of all others."""
    documents = [
        papers.documents.join(people, on="person_id", how=how, maintain_order="left")
        for how in ("semi", "anti")
    ]
    donations = [
        papers.donations.join(people, on="person_id", how=how, maintain_order="left")
        for how in ("semi", "anti")
    ]
    lines = [
        papers.dependents.join(one, on="document_id", how="semi", maintain_order="left") for one in documents
    ]
    parts = [Papers(*tables) for tables in zip(documents, lines, donations, strict=True)]
    return parts[0], parts[1]


def _joined(some: Papers, others: Papers) -> Papers:
    return Papers(
        pl.concat([some.documents, others.documents]).sort("document_id"),
        pl.concat([some.dependents, others.dependents]).sort("document_id", "line_no"),
        pl.concat([some.donations, others.donations]).sort("donation_id"),
    )


def blame(hits: Sequence[Hit]) -> pl.DataFrame:
    """Return what each hit may have falsified and which check shows it (columns `BLAME`), one line each."""
    lines = [
        _blame(slip, hit, name)
        for slip, hit in hits
        for name in ("person_id", "other_id")
        if name in hit.columns
    ]
    return pl.concat([pl.DataFrame(schema=BLAME), *lines])


def _blame(slip: Slip, hit: pl.DataFrame, name: str) -> pl.DataFrame:
    document = pl.col("document_id") if "document_id" in hit.columns else pl.lit(None, pl.String)
    checks = pl.DataFrame({"check": list(slip.checks)}, schema={"check": pl.String()})
    falsified = dict.fromkeys((*slip.fields, *CONSEQUENCES)) if slip.fields else {}
    fields = pl.DataFrame({"field": list(falsified)}, schema={"field": pl.String()})
    people = hit.select(pl.col(name).alias("person_id"), document.alias("document_id"))
    return (
        people.join(checks, how="cross")
        .join(fields, how="cross")
        .with_columns(slip=pl.lit(slip.name), asks=pl.lit(slip.asks))
        .select(*BLAME)
    )
