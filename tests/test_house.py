"""The house: four packages of ours under generic names, nothing beside them, no file or function too long."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("tadasu", "features", "models", "pipelines")
NOT_INSTALLED = ("tests", "bundle", "benchmarks", "tuning")


def _files(folders: tuple[str, ...]) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


MODULES = _files(PACKAGES)
ALL = [*MODULES, *_files(NOT_INSTALLED)]
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


@pytest.mark.parametrize("name", PACKAGES)
def test_the_package_of_that_name_is_ours(name: str) -> None:
    assert Path(str(import_module(name).__file__)) == ROOT / name / "__init__.py"


def test_no_folder_of_tests_is_called_like_a_package() -> None:
    names = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir()}
    assert not names & set(PACKAGES)
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    assert not [path for path in MODULES if path.stem in VAGUE]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_has_at_most_300_lines_and_a_function_50(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    long = [f.name for f in functions if (f.end_lineno or 0) - _start(f) >= 50]
    assert not long


def _start(function: ast.FunctionDef) -> int:
    """Return the line before the first that does something: a docstring makes no function long."""
    said = ast.get_docstring(function) is not None
    return int(function.body[0].end_lineno or 0) if said else function.lineno


def test_nothing_is_pickled() -> None:
    words = ("import " + "pickle", "import " + "joblib", "import " + "cloudpickle")
    assert not [path for path in MODULES if any(word in path.read_text(encoding="utf-8") for word in words)]
