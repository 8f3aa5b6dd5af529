"""Tune: search the models' settings on the labelled years before the newest, which stays unseen."""

import io

import yaml

from pipelines.job import Job
from pipelines.train import NAMES, Years
from tadasu.errors import TadasuError

BEST, TRIALS = "tuning/best.yaml", "tuning/trials.csv"


def run(job: Job) -> None:
    """Write the best settings as a file for `conf/model/`, and all trials as a table."""
    *earlier, _ = job.years()
    labelled = [year for year in earlier if job.table(year, "truth").height]
    if len(labelled) < 2:
        raise TadasuError(
            f"{len(labelled)} of the years {', '.join(map(str, earlier)) or '(none)'} has labels, and the "
            "newest labelled year is kept for the test: nothing is left to search on. Add an earlier year "
            "with what staff did about its rows (corrections), or train with conf/model/ as it is."
        )
    from models.tuning import changed, tune

    searched = labelled[:-1]
    model = job.settings.model
    years = Years(lambda year: job.tables(year, NAMES), searched)
    tuned = tune(years, model, job.settings.tune, job.progress)
    words = [f"{name} {before:.5f} -> {after:.5f}" for name, (before, after) in tuned.found.items()]
    job.write(BEST, _settings(changed(tuned.best, model), searched, words))
    table = io.StringIO()
    tuned.trials.write_csv(table, float_precision=6)
    job.write(TRIALS, table.getvalue())
    job.detail["searched"] = searched
    job.detail["log_loss"] = {name: list(values) for name, values in tuned.found.items()}
    job.detail["told"] = [f"設定の探索（{searched[-1]}年度で測定、log-loss）：{'、'.join(words)}"]


def _settings(found: dict[str, object], searched: list[int], words: list[str]) -> str:
    held = f"measured on {searched[-1]}" if len(searched) > 1 else f"measured on households of {searched[0]}"
    head = (
        f"# Found by `tadasu tune` on {', '.join(map(str, searched))}, {held}; log-loss {'; '.join(words)}.\n"
        "# Copy it into conf/model/ under a name of its own and take it with model=NAME.\n"
    )
    return head + yaml.safe_dump({"defaults": ["default"], **found}, sort_keys=False)


if __name__ == "__main__":
    from pipelines.stage import main

    main("tune")
