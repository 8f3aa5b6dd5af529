"""The command line: `tadasu <stage>`, `tadasu run`, and what looks at a run afterwards."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.settings import Settings

STAGE_NAMES = ("ingest", "validate", "featurize", "train", "certify", "evaluate", "suggest", "publish")

HELP = """\
tadasu: proposes, ranks and explains corrections to a ward's inconsistency list (不整合リスト)

  tadasu run [settings]            all stages in one process: from an extract to a ranked list
  tadasu <stage> [settings]        one of: ingest validate featurize train certify evaluate suggest publish
  tadasu ingest --accept-corrections FILE.csv [settings]    take quarantined lines back in, mended
  tadasu run -m model=default,small       one run for each combination of settings
  tadasu simulate [rows=N] [seed=N]       the files of the demo ward (合成データ): tadasu simulate --help
  tadasu connect FOLDER [to=FILE]         propose a mapping for files that nobody knows yet
  tadasu connect --check FILE.yaml        read them as it says, write nothing: kept, put aside, unknown codes
  tadasu explain ROW_ID [--year YEAR]     one row opened: documents, candidates, reasons
  tadasu export [--dry-run] [settings]    accepted corrections to the tax system's layout, each once, with a
                                   receipt; --dry-run prints the receipt and writes nothing
  tadasu key FILE                  make the key of a ward's pseudonyms, outside the repository
  tadasu tune [settings]           search the settings of the models on earlier years (minutes)
  tadasu season [settings]         re-rank what is open, with what staff have decided so far this year
  tadasu season simulate [settings]    a judged season, day by day, from three starts
  tadasu ledger verify [settings]  whether the ledger (監査証跡) is what was written
  tadasu mlflow [settings] [port=N]       MLflow's page on the runs
  tadasu tax --help                the resident tax of one person, or of a CSV
  tadasu configure                 write the composed settings to data/resolved.yaml (the first stage of DVC)
  tadasu docs                      write the generated pages and dvc.yaml anew

Settings are name=value; all of them are in conf/. The usual ones:

  ward=FOLDER | ward=NAME          an extract in the standard layout, or a file of conf/ward/ (default: mini)
  out=DIR                          where everything is written (default: data/<ward>/)
  model=small  model.trees=100     another file of conf/model/, another value
  train.from=FOLDER                apply the ranker in that folder instead of training one
  tracking=off                     record nothing in MLflow
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code: 2 after an error, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    asks = {"-h", "--help", "help"} & set(words[:1] if words[:1] in (["tax"], ["simulate"]) else words)
    if not words or asks:
        sys.stdout.write(HELP)
        return 0 if words else 2
    from tadasu.errors import TadasuError

    try:
        return _do(words[0], words[1:])
    except TadasuError as error:
        sys.stderr.write(f"tadasu {words[0]}: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(
            f"\ntadasu {words[0]}: interrupted. The results of finished stages are in place, nothing is half "
            "written; the same command starts again.\n"
        )
        return 130


def _do(name: str, words: list[str]) -> int:
    # Before polars and LightGBM are loaded: idle threads sleep, and nobody is called.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": lambda given: _run(STAGE_NAMES, given),
        **{stage: _one(stage) for stage in STAGE_NAMES},
        "ingest": _ingest,
        "tune": _one("tune"),
        "season": _season,
        "connect": _connect,
        "simulate": _simulate,
        "explain": _explain,
        "export": _export,
        "key": _key,
        "ledger": _ledger,
        "mlflow": _mlflow,
        "tax": _tax,
        "configure": _configure,
        "docs": _docs,
    }
    if name not in commands:
        from tadasu.errors import TadasuError

        raise TadasuError(f"there is no such command; there are: {' '.join(commands)}. See tadasu --help.")
    return commands[name](words)


def _one(stage: str) -> Callable[[list[str]], int]:
    return lambda words: _run((stage,), words)


def _ingest(words: list[str]) -> int:
    """Run the stage, after taking in the lines that staff mended, if there are any."""
    option = "--accept-corrections"
    given = next((word for word in words if word.partition("=")[0] == option), None)
    if given is None:
        return _run(("ingest",), words)
    from pathlib import Path

    from pipelines import mending

    place = words.index(given)
    file = given.partition("=")[2] or (words[place + 1] if place + 1 < len(words) else "")
    rest = words[:place] + words[place + (1 if "=" in given else 2) :]
    changed = mending.accept(Path(file).expanduser(), _settings(rest))
    sys.stderr.write(f"{changed} corrections of quarantined lines taken in\n")
    return _run(("ingest",), rest)


def _run(names: tuple[str, ...], words: list[str]) -> int:
    from pipelines import chain, composing, stage

    stages = tuple(stage.of_name(name) for name in names)
    if {"-m", "--multirun"} & set(words):
        composing.each(words, lambda settings: chain.run(stages, settings))
    else:
        chain.run(stages, composing.compose(words))
    return 0


def _connect(words: list[str]) -> int:
    from pipelines import connect

    return connect.main(words)


def _simulate(words: list[str]) -> int:
    from pipelines import simulate

    return simulate.main(words)


def _season(words: list[str]) -> int:
    """Re-rank the open rows, or simulate a season that is over."""
    if words[:1] == ["simulate"]:
        return _run(("simulate_season",), words[1:])
    return _run(("season",), words)


def _explain(words: list[str]) -> int:
    from pipelines import explain

    return explain.main(words)


def _export(words: list[str]) -> int:
    from pipelines import export

    dry = {"--dry-run", "export.dry_run=true"}
    return export.run(_settings([word for word in words if word not in dry]), dry=bool(dry & set(words)))


def _key(words: list[str]) -> int:
    from pipelines import looks

    return looks.key(words)


def _ledger(words: list[str]) -> int:
    from pipelines import looks

    if not words or words[0] != "verify":
        from tadasu.errors import TadasuError

        raise TadasuError("write: tadasu ledger verify [out=DIR]")
    return looks.ledger(_settings(words[1:]))


def _mlflow(words: list[str]) -> int:
    from pipelines import looks

    ports = [word.partition("=")[2] for word in words if word.startswith("port=")]
    return looks.mlflow(_settings([w for w in words if not w.startswith("port=")]), *ports[-1:])


def _settings(words: list[str]) -> "Settings":
    from pipelines.composing import compose

    return compose(words)


def _tax(words: list[str]) -> int:
    from pipelines import tax

    return tax.main(words)


def _configure(words: list[str]) -> int:
    from pipelines import looks

    return looks.configure(_settings(words))


def _docs(words: list[str]) -> int:
    from pipelines import looks

    return looks.docs(_settings(words))


if __name__ == "__main__":
    sys.exit(main())
