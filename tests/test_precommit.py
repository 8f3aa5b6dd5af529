"""The checks of a commit and a push are those of `make test`."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
TOOL = re.compile(r"(?:\$\(BIN\)|\.venv/bin)/([\w-]+(?: (?:format|check))?)")


def _of_make(target: str) -> set[str]:
    """Return the tools that a target and those it needs run, setting up apart."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}: ([^#\n]*).*\n((?:\t.*\n)*)", makefile, flags=re.MULTILINE)
    assert found, target
    needed = (_of_make(name) for name in found[1].split() if name != "setup")
    return set(TOOL.findall(found[2])).union(*needed)


def test_the_hooks_run_the_tools_of_make_test() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    tools = {tool for hook in hooks for tool in TOOL.findall(hook["entry"])}
    assert tools == _of_make("test")
    assert {"ruff format", "ruff check", "mypy", "lint-imports", "pytest"} == tools


def test_nothing_is_downloaded_for_a_hook() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
