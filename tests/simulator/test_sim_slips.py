"""Each slip, alone in households of a clean ward, raises a check, and its right repair restores the tax.

One ward serves all: every slip happens in households of its own, which nothing else touches.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl
import pytest

from tadasu.checks import BY_CODE, run
from tadasu.fields import TAX_FIELDS, correctable
from tadasu.law import Law
from tadasu.simulator import papers, population, slips
from tadasu.simulator.merge import merge
from tadasu.simulator.papers import Papers
from tadasu.simulator.settings import Knobs, PayerBug
from tadasu.simulator.slips import CATALOGUE, INNOCENT, Filed, Scene, Slip, by_name
from tadasu.simulator.slips.odds import Odds
from tadasu.simulator.slips.slip import CONSEQUENCES
from tadasu.simulator.staff import errors, final
from tadasu.tables import CORRECTIONS

KNOBS = Knobs(seed=7, block_size=3_200)
ONLY_IN_2026 = {"old_salary_table", "student_as_dependent", "student_estimate_stayed"}
EACH = 5
MARK = ["person_id", "check_code", "field", "related_person_id", "document_ids", "message"]


@dataclass(frozen=True)
class Stage:
    """A ward in which each slip happened in some households: its hits, the errors made, the rows raised."""

    hits: dict[str, pl.DataFrame]
    record: pl.DataFrame
    repaired: pl.DataFrame
    truth: pl.DataFrame
    wrong: pl.DataFrame
    raised: pl.DataFrame

    def people(self, slip: Slip) -> pl.Series:
        """Everybody whose record the slip may touch."""
        hit = self.hits[slip.name]
        names = [name for name in ("person_id", "other_id") if name in hit.columns]
        return pl.concat([hit[name].alias("person_id") for name in names])


def _rows(scene: Scene, filed: Papers, record: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    tables = {
        "residents": scene.facts.residents,
        "documents": filed.documents,
        "dependents": filed.dependents,
        "donations": filed.donations,
        "assessments": record,
        "previous_assessments": before,
    }
    return run(tables, scene.law, merged_on=date(scene.year, 4, 30))


def _apart(scene: Scene, found: list[tuple[Slip, pl.DataFrame]]) -> list[tuple[Slip, pl.DataFrame]]:
    """Give each slip, rarest first, some households that no other slip and no claim of another touches."""
    home = dict(scene.facts.residents.select("person_id", "household_id").iter_rows())
    linked: dict[str, set[str]] = {}
    for one, other in scene.facts.claims.select("person_id", "relative_id").iter_rows():
        if one in home and other in home and home[one] != home[other]:
            linked.setdefault(home[one], set()).add(home[other])
            linked.setdefault(home[other], set()).add(home[one])
    taken: set[str] = set()
    apart = []
    for slip, hit in sorted(found, key=lambda pair: pair[1].height):
        kept = []
        for place, person in enumerate(hit["person_id"]):
            if home[person] not in taken and len(kept) < EACH:
                kept.append(place)
                taken |= {home[person]} | linked.get(home[person], set())
        apart.append((slip, hit[kept]))
    return apart


@cache
def _stage(year: int) -> Stage:
    law, before = Law.of(year), Law.of(year - 1)
    facts, last = population.year(KNOBS, 0, year), population.year(KNOBS, 0, year - 1)
    clean = papers.file(facts, law, KNOBS)
    scene = Scene(facts, clean, law, KNOBS)
    catalogue = [slip for slip in (*CATALOGUE, *INNOCENT) if (slip.name in ONLY_IN_2026) == (year == 2026)]
    drawn = [pair for slip in catalogue for pair in slips.draw(scene, [slip], Odds.only(slip.name))]
    hits = _apart(scene, drawn)
    filed = slips.happen(scene, hits)
    untouched = merge(facts.residents, clean, law)
    record = final(merge(facts.residents, filed.seen, law), filed.keyed, facts.residents, law)
    books = merge(last.residents, papers.file(last, before, KNOBS), before)
    raised = _rows(scene, filed.papers, record, books).join(
        _rows(scene, clean, untouched, books), on=MARK, how="anti", nulls_equal=True
    )
    # people without a paper have no record: nothing is to be compared but what a paper of theirs would say
    known = pl.concat([record["person_id"], untouched["person_id"]]).unique().implode()
    truth = facts.truth.filter(pl.col("person_id").is_in(known))
    wrong = errors(record, truth)
    repaired = final(record, wrong, facts.residents, law, truth)
    return Stage({slip.name: hit for slip, hit in hits}, record, repaired, truth, wrong, raised)


def _of(slip: Slip) -> Stage:
    return _stage(2026 if slip.name in ONLY_IN_2026 else 2025)


every_slip = pytest.mark.parametrize("slip", CATALOGUE, ids=lambda slip: slip.name)
every_cause = pytest.mark.parametrize("slip", INNOCENT, ids=lambda slip: slip.name)


@every_slip
def test_a_slip_falsifies_what_it_says(slip: Slip) -> None:
    stage = _of(slip)
    wrong = stage.wrong.filter(pl.col("person_id").is_in(stage.people(slip).implode()))
    assert not wrong.is_empty()
    assert set(wrong["field"]) <= {*slip.fields, *CONSEQUENCES}
    assert set(wrong["field"]) & set(slip.fields)


@every_slip
def test_its_right_repair_restores_the_true_tax(slip: Slip) -> None:
    stage = _of(slip)
    people = stage.people(slip)
    touched = stage.record.filter(pl.col("person_id").is_in(people.implode()))
    repaired = stage.repaired.filter(pl.col("person_id").is_in(people.implode()))
    both = repaired.join(stage.truth, on="person_id", suffix=":true")
    assert both.height == touched.height
    names = ("resident_tax", *(field.name for field in correctable()))
    unlike = [pl.col(name).ne_missing(pl.col(f"{name}:true")).any().alias(name) for name in names]
    assert [name for name, differs in both.select(unlike).row(0, named=True).items() if differs] == []


@every_slip
def test_it_raises_a_check_that_it_should_or_is_declared_invisible(slip: Slip) -> None:
    stage = _of(slip)
    rows = stage.raised.filter(pl.col("person_id").is_in(stage.people(slip).implode()))
    assert not slip.checks or set(slip.checks) & set(rows["check_code"])


@every_cause
def test_an_innocent_cause_raises_its_check_and_leaves_the_record_right(slip: Slip) -> None:
    stage = _of(slip)
    people = stage.people(slip).implode()
    assert stage.wrong.filter(pl.col("person_id").is_in(people)).is_empty()
    rows = stage.raised.filter(pl.col("person_id").is_in(people))
    assert not slip.checks or set(slip.checks) & set(rows["check_code"])


def test_the_catalogue_is_as_wide_as_it_must_be() -> None:
    everything = (*CATALOGUE, *INNOCENT)
    assert len(CATALOGUE) >= 40
    assert len({slip.name for slip in everything}) == len(everything)
    assert all(slip.fields for slip in CATALOGUE)
    assert not any(slip.fields for slip in INNOCENT)
    assert any(slip.per == "payer" for slip in CATALOGUE)
    assert any(not slip.checks for slip in CATALOGUE)
    fields = {field.name for field in TAX_FIELDS if field.correctable}
    for slip in everything:
        assert set(slip.checks) <= BY_CODE.keys(), slip.name
        assert set(slip.fields) <= fields, slip.name
        assert any(ord(letter) > 0x3000 for letter in slip.cause_ja), slip.name


def test_several_causes_with_different_right_answers_raise_one_check() -> None:
    wrong = {check for slip in CATALOGUE for check in slip.checks}
    harmless = {check for slip in INNOCENT for check in slip.checks}
    assert len(wrong & harmless) >= 15
    several = [check for check in wrong if len([slip for slip in CATALOGUE if check in slip.checks]) > 1]
    assert len(several) >= 15


def test_every_slip_has_a_rate_and_rates_name_no_other() -> None:
    odds = Odds.of_ward(KNOBS)
    assert odds.rates.keys() == {slip.name for slip in (*CATALOGUE, *INNOCENT)}


@pytest.fixture(scope="module")
def scene() -> Scene:
    knobs = Knobs(seed=11, block_size=1_200)
    law = Law.of(2025)
    facts = population.year(knobs, 0, 2025)
    return Scene(facts, papers.file(facts, law, knobs), law, knobs)


def test_nothing_happens_at_odds_of_nothing(scene: Scene) -> None:
    never = Odds.of_ward(scene.knobs, wrong=0.0, innocent=0.0)
    hits = slips.draw(scene, (*CATALOGUE, *INNOCENT), never)
    assert hits == []
    assert slips.happen(scene, hits).papers.documents.equals(scene.papers.documents)


def test_who_errs_once_errs_again(scene: Scene) -> None:
    slip = by_name("relative_not_matched")
    odds = Odds({slip.name: 0.2}, wrong=1.0, innocent=1.0, repeats=0.5, reform_factor=1.0)
    now = set(slips.draw(scene, [slip], odds)[0][1]["person_id"])
    places = slip.places(scene)["person_id"].n_unique()
    last = population.year(scene.knobs, 0, 2024)
    before = Scene(last, papers.file(last, Law.of(2024), scene.knobs), Law.of(2024), scene.knobs)
    earlier = set(slips.draw(before, [slip], odds)[0][1]["person_id"])
    assert len(now & earlier) / len(earlier) > 1.5 * len(now) / places


def test_a_payers_slip_hits_its_people_together(scene: Scene) -> None:
    slip = by_name("payer_delivery_lost")
    (_, hit), *_ = slips.draw(scene, [slip], Odds({slip.name: 0.03}, 1.0, 1.0, 0.0, 1.0))
    people = slip.places(scene).group_by("payer_id").agg(pl.col("person_id").n_unique().alias("all"))
    struck = hit.group_by("payer_id").agg(pl.col("person_id").n_unique().alias("hit"))
    large = struck.join(people, on="payer_id").filter(pl.col("all") >= 5)
    assert struck.height < people.height / 8
    assert (large["hit"] / large["all"]).min() > 0.5


def test_a_software_bug_hits_its_users_in_its_years(scene: Scene) -> None:
    slip = by_name("report_sent_twice")
    software = int(scene.facts.payers["software"].mode()[0])
    bug = PayerBug(software=software, slip=slip.name, years=(2025,))
    (_, hit), *_ = slips.draw(scene, [slip], Odds({slip.name: 0.0}, 1.0, 1.0, 0.0, 1.0, bug=bug))
    users = scene.facts.payers.filter(pl.col("software") == software)["payer_id"]
    assert hit.height
    assert hit["payer_id"].is_in(users.implode()).all()
    other = PayerBug(software=software, slip=slip.name, years=(2024,))
    assert slips.draw(scene, [slip], Odds({slip.name: 0.0}, 1.0, 1.0, 0.0, 1.0, bug=other)) == []


def test_blame_names_check_field_and_paper(scene: Scene) -> None:
    slip = by_name("report_sent_twice")
    hits = slips.draw(scene, [slip], Odds.only(slip.name, 0.02))
    lines = slips.blame(hits)
    assert set(lines["check"]) == set(slip.checks)
    assert set(lines["field"]) >= set(slip.fields)
    assert set(lines["field"]) <= set(CORRECTIONS.columns[5].values)
    assert lines["document_id"].null_count() == 0


def test_papers_that_the_merge_did_not_take_in_stay_in_the_tables(scene: Scene) -> None:
    slip = by_name("return_came_late")
    hits = slips.draw(scene, [slip], Odds.only(slip.name, 0.05))
    filed: Filed = slips.happen(scene, hits)
    late = hits[0][1]["document_id"]
    assert late.is_in(filed.papers.documents["document_id"].implode()).all()
    assert not late.is_in(filed.seen.documents["document_id"].implode()).any()
