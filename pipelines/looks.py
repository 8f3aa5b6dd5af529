"""Commands beside the stages: audit the ledger, open MLflow, write the settings and the generated pages."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import yaml

from pipelines import wiring
from pipelines.settings import ROOT, Settings
from tadasu import dictionary
from tadasu import ledger as trail
from tadasu.audit import KINDS
from tadasu.checks import page
from tadasu.errors import TadasuError
from tadasu.extract.identifiers import key as keys
from tadasu.store import write_text

RESOLVED = ROOT / "data" / "resolved.yaml"


def ledger(settings: Settings) -> int:
    """Say whether the ledger is what was written; return 1 where it is not."""
    store = settings.database
    anchors: list[trail.Anchor] = []
    if store.is_file():
        from models import tracking

        anchors = tracking.anchors(store, settings.ledger_name)
    verdict = trail.verify(settings.ledger, anchors)
    for note in verdict.notes:
        sys.stdout.write(f"注記: {note}\n")
    for finding in verdict.findings:
        sys.stdout.write(f"{KINDS[finding.kind]}: {settings.ledger}: {finding.message}\n")
    if verdict.ok:
        sys.stdout.write(
            f"{settings.ledger}: {verdict.head.events}件の記録に改変なし（控え {verdict.head.anchor}）\n"
        )
    return 0 if verdict.ok else 1


def key(words: Sequence[str]) -> int:
    """Make a key file, and say what the ward's mapping has to note of it."""
    if len(words) != 1 or "=" in words[0]:
        raise TadasuError("write: tadasu key FILE, such as ~/keys/ward.key")
    path = Path(words[0]).expanduser()
    check = keys.make(path, ROOT).check
    sys.stdout.write(
        f"{path}: 鍵を作りました。写しを別の安全な場所に保管してください（失うと年度間で突合できません）。\n"
        f"conf/ward/<ward>.yaml の mapping に書く内容:\n"
        f"  identifiers:\n    key: {path}\n    check: {check}\n"
    )
    return 0


def mlflow(settings: Settings, port: str = "5000") -> int:
    """Serve MLflow's page until it is interrupted."""
    from models import tracking

    if not port.isdecimal():
        raise TadasuError(f"port={port}: a number is expected, such as port=5001.")
    if settings.database.is_file():
        sys.stdout.write(f"http://127.0.0.1:{port}（止めるには Ctrl-C）\n")
        sys.stdout.flush()
    tracking.ui(settings.database, int(port))
    return 0


def configure(settings: Settings) -> int:
    """Write the composed settings to one file, whose keys DVC's stages name."""
    write_text(RESOLVED, yaml.safe_dump(settings.plain(), allow_unicode=True, sort_keys=False))
    return 0


def pages(settings: Settings) -> dict[str, str]:
    """Return the generated files by their path in the checkout."""
    made = {"docs/data_dictionary.md": dictionary.render(), "dvc.yaml": wiring.render(settings)}
    made["tuning/dvc.yaml"] = wiring.render_tuning(settings)
    made["docs/checks.md"] = page.render()
    if find_spec("tadasu.law.reference"):
        made["docs/law.md"] = import_module("tadasu.law.reference").render()
    return made


def docs(settings: Settings) -> int:
    """Write the generated files anew."""
    for name, text in pages(settings).items():
        write_text(ROOT / name, text)
        sys.stdout.write(f"{name}\n")
    return 0
