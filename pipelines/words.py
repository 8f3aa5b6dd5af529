"""The command line's words as Hydra's grammar wants them: `ward=FOLDER`, folders with any character."""

import re
from collections.abc import Sequence
from pathlib import Path

from tadasu.errors import TadasuError

_PATHS = ("out", "train.from", "store")


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
