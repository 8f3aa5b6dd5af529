"""How a proposal writes texts, codes and what stands in a column."""

import json
import re

import yaml

from tadasu.extract.sniff.content import Content

DOUBT = "？"
"""The mark of what a person should confirm."""

_MOST_VALUES = 4


def scalar(text: str) -> str:
    """Write a text so that YAML reads it back as the same text."""
    bare = re.fullmatch(r"[\w\u3000-\u9fff\uff00-\uffef][\w\u3000-\u9fff\uff00-\uffef.·/()（）*-]*", text)
    try:
        same = bool(bare) and yaml.safe_load(f"[{text}]") == [text]
    except yaml.YAMLError:
        same = False
    return text if same else json.dumps(text, ensure_ascii=False)


def quoted(text: str) -> str:
    """Return a text in quotes."""
    return json.dumps(text, ensure_ascii=False)


def word(text: str) -> str:
    """Return a standard word as YAML reads it back: true and false in quotes."""
    return json.dumps(text) if text in ("", "true", "false") else text


def named(content: Content) -> str:
    """Return a column's name, in full where that is known."""
    return f"{content.name}「{content.said}」" if content.said else content.name


def shown(content: Content) -> str:
    """Say what stands in a column: of codes the values, of all else the sort only."""
    kinds = {"date": "日付", "number": "数", "identifier": "番号", "text": "文字", "empty": "空"}
    if content.kind not in ("code", "flag"):
        return kinds[content.kind]
    return "値 " + "・".join(_cut(value, 10) for value, _ in content.values[:_MOST_VALUES])


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most] + "…"
