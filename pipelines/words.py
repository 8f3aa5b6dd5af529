"""The command line's words as Hydra's grammar wants them: `ward=FOLDER`, folders with any character."""

import difflib
import re
from collections.abc import Sequence
from pathlib import Path

import yaml

from tadasu.errors import TadasuError

_PATHS = ("out", "train.from", "store", "season.other")


def quoted(text: str) -> str:
    """Return `text` as Hydra's grammar quotes it, so that no character of it means anything."""
    inner = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), text)
    return "'" + inner.replace("${", "\\${") + "'"


def spelt(overrides: Sequence[str], conf: Path) -> list[str]:
    """Return the overrides for Hydra: folders absolute and quoted, `ward=FOLDER` as the ward `folder`.

    Raises:
        TadasuError: a word is no override, a folder is empty text, or the ward is neither known nor a folder.
    """
    words: list[str] = []
    for override in overrides:
        key, equals, value = override.partition("=")
        if not equals and not override.startswith("~"):
            raise TadasuError(
                f"{override!r} is not understood: settings are given as name=value, such as ward=mini or "
                "out=DIR. `tadasu --help` shows examples."
            )
        if key == "ward":
            words += _ward(value, conf)
        elif key in _PATHS and value != "null":
            if not value:
                raise TadasuError(f"{key}= names no folder. Write {key}=DIR.")
            words.append(f"{key}={quoted(str(Path(value).expanduser().absolute()))}")
        else:
            words.append(override)
    return words


def _ward(value: str, conf: Path) -> list[str]:
    known = sorted(path.stem for path in (conf / "ward").glob("*.yaml"))
    if value in known or ("," in value and set(value.split(",")) <= set(known)):
        return [f"ward={value}"]
    folder = Path(value).expanduser()
    if value and folder.is_dir():
        place = folder.resolve()
        return ["ward=folder", f"ward.folder={quoted(str(place))}", f"ward.name={quoted(place.name)}"]
    named = ", ".join(name for name in known if name != "folder")
    what = "no such folder" if "/" in value else "no ward of that name, and no folder either"
    raise TadasuError(
        f"ward={value}: {what}. Known wards (conf/ward/): {named}. Or name a folder in the standard layout: "
        "one folder per tax year with the tables in it (docs/data_dictionary.md)."
    )


def explained(error: Exception, overrides: Sequence[str], conf: Path) -> str:
    """Return one message for what Hydra could not compose: what, where, what to do."""
    told = " ".join(f"{error} {error.__cause__ or ''}".split())
    for noise in ("Config search path", "To append to your config", "full_key:", "See https"):
        told = told.partition(noise)[0].strip(" .")
    known = _known(conf)
    if unknown := re.match(r"Could not override '([^']+)'", told):
        told = f"there is no setting {unknown[1]!r}"
        if like := difflib.get_close_matches(unknown[1], known, n=3, cutoff=0.5):
            told += f"; did you mean {' or '.join(like)}?"
    return (
        f"{' '.join(overrides) or conf.name}: the settings cannot be composed: {told.removesuffix('.')}"
        + ("" if told.endswith("?") else ".")
        + f" Settings by group: {', '.join(known)}. Each is explained in {conf.name}/."
    )


def _known(conf: Path) -> list[str]:
    """Return the dotted names of the settings that stand in the files of `conf`."""
    names: dict[str, None] = {}
    for path in [conf / "config.yaml", *sorted(conf.glob("*/*.yaml"))]:
        group = "" if path.parent == conf else f"{path.parent.name}."
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        names |= {f"{group}{key}": None for key in content if key != "defaults"}
    return list(names)
