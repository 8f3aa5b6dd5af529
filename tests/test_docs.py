"""The repository's texts: no path or host of one machine in any file, every link and named file is there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE_WARD_OF_CI = Path(".ci/run")
"""The one file that may look outside the clone: it says where CI keeps a larger ward to test on."""

FOREIGN = {
    "a folder outside the clone": re.compile(r"\.\./share" + "d"),
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:work|home|root|Users)/\w"),
    "the address of a package registry": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.(?:npmjs|yarnpkg)\.|conda\.anaconda\.|--(?:extra-)?index-url"
    ),
}
NOT_TEXT = {".parquet", ".png", ".ttf", ".woff2", ".ico", ".xlsx"}
LARGEST = 5_000_000
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED_FILE = re.compile(
    r"`((?:tadasu|features|models|pipelines|conf|docs|tests|benchmarks|wards|notebooks)/[\w/.-]+\.\w+)`"
)


def _tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs a git checkout")
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _markdown() -> list[Path]:
    found = [path for path in _tracked() if path.suffix == ".md"]
    assert found
    return found


def test_no_file_names_what_only_one_machine_has() -> None:
    texts = {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in _tracked()
        if path.suffix.lower() not in NOT_TEXT and path != SAMPLE_WARD_OF_CI
    }
    found = [
        f"{path}:{number}: {what}"
        for path, text in texts.items()
        for what, pattern in FOREIGN.items()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_file_is_over_five_megabytes() -> None:
    assert [str(path) for path in _tracked() if (ROOT / path).stat().st_size > LARGEST] == []


def test_relative_links_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path in _markdown()
        for target in LINK.findall((ROOT / path).read_text(encoding="utf-8"))
        if "://" not in target
        and not target.startswith(("#", "mailto:"))
        and not (ROOT / path.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


def test_files_that_a_text_names_exist() -> None:
    gone = [
        f"{path}: {name}"
        for path in _markdown()
        for name in NAMED_FILE.findall((ROOT / path).read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert gone == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert pages == set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
