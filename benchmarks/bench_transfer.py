"""A ranker of one ward applied to another, both ways, beside each ward's own.

    python -m benchmarks.bench_transfer OUT OTHER [--bulk-staff 9999 …] [--resamples 100]

OUT and OTHER are folders of finished runs (`make run … OUT=DIR`) of two wards. Tested is the newest labelled
year of each, by the ward's own backtest ranker (which never saw it) and by the other's. Nothing is written.
All wards in this repository are synthetic: the figures say how alike two of them are, nothing more.
"""

import argparse
from pathlib import Path

import polars as pl

from models.evaluation.backtest import MODEL, Backtested, backtest
from models.evaluation.season import season
from models.ranker import Ranker, load
from models.settings import EvaluateSettings, SuggestSettings
from pipelines.evaluate import OF_PAST
from pipelines.featurize import FRAMES
from tadasu.law import Law
from tadasu.tables import EXTRACT

SHOWN = ("row_pr_auc", "right_field_first", "right_field_and_value_first", "exact_repair", "exact_repair_f1")
MORE = ("yen_in_first_fifth", "agreement", "ece", "cleared", "missed_among_cleared", "hours_saved")
NAMES = tuple(table.name for table in EXTRACT)


def tested(out: Path, ranker: Ranker, resamples: int, bulk_staff: tuple[str, ...]) -> Backtested:
    """Test the newest labelled year of a finished run with a ranker, whoever trained it."""
    years = sorted(int(path.name) for path in out.glob("[0-9][0-9][0-9][0-9]"))
    labelled = [year for year in years if pl.read_parquet(out / f"{year}/truth.parquet").height]
    newest = labelled[-1]

    def read(year: int, names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
        return {name: pl.read_parquet(out / f"{year}/{name}.parquet") for name in names}

    tables = {year: read(year, (*NAMES, *OF_PAST)) for year in labelled[:-1]}
    tables[newest] = read(newest, (*NAMES, *FRAMES))
    law, suggesting = Law.of(newest), SuggestSettings()
    evaluating = EvaluateSettings(resamples=resamples)
    made = season(ranker, newest, tables, law, suggesting, evaluating, bulk_staff, None)
    return backtest(made, newest, tables, law, evaluating, suggesting, bulk_staff=bulk_staff)


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--bulk-staff", nargs="*", default=[])
    parser.add_argument("--resamples", type=int, default=100)
    chosen = parser.parse_args()
    for place, beside in ((chosen.out, chosen.other), (chosen.other, chosen.out)):
        for name, folder in (("own", place / "backtest"), ("other ward's", beside / "ranker")):
            found = tested(place, load(folder), chosen.resamples, tuple(chosen.bulk_staff))
            print(f"{place.name} {found.year}, {name} ranker")
            for measure in (*SHOWN, *MORE):
                figure = found.figures[MODEL][measure]
                print(f"  {measure:<30}{figure.value:8.3f}  ({figure.low:.3f}–{figure.high:.3f})")
            plain = found.figures.get("plain", {}).get("exact_repair_f1")
            print(f"  plain LightGBM, exact F1      {plain.value:8.3f}" if plain else "", flush=True)


if __name__ == "__main__":
    main()
