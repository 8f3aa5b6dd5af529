"""The key behind the pseudonyms: a file outside the repository, the same for all years of a ward."""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tadasu.errors import TadasuError

_BYTES = 32
_PREFIXES = {"person": "P", "payer": "B", "household": "H", "document": "D", "row": "R", "donation": "N"}
_DIGITS = 20
"""Hexadecimal digits of a pseudonym: 80 bits; two of a million numbers meet with a chance of 4 in 10^13."""


@dataclass(frozen=True, slots=True)
class Key:
    """The secret of a ward's pseudonyms; it never shows in a message or a representation."""

    secret: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """Return a value that tells one key from another and nothing about it."""
        return hmac.digest(self.secret, b"check", "sha256").hex()[:16]

    def pseudonym(self, kind: str, number: str) -> str:
        """Return the pseudonym of a number: HMAC-SHA256, a letter for the kind and 20 hexadecimal digits."""
        digest = hmac.digest(self.secret, f"{kind}\0{number}".encode(), "sha256")
        return _PREFIXES[kind] + digest.hex()[:_DIGITS]


def read(path: Path, repository: Path) -> Key:
    """Read a key file: 64 hexadecimal digits.

    Args:
        path: The file, absolute or seen from `repository`.
        repository: The checkout, below which no key may lie.

    Raises:
        TadasuError: it lies in the repository, is not there, others can read it, or it holds no key.
    """
    place = (repository / path).resolve()
    if place.is_relative_to(repository.resolve()):
        raise TadasuError(
            f"{path}: the key lies in the repository, where it would be copied with it. Move it to a folder "
            "outside and name that under identifiers.key."
        )
    try:
        mode, text = place.stat().st_mode, place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TadasuError(
            f"{path}: no key can be read there ({getattr(error, 'strerror', None) or 'not text'}). Name the "
            "ward's key file under identifiers.key; `tadasu key FILE` makes one for a new ward."
        ) from error
    if mode & 0o077:
        raise TadasuError(f"{path}: others can read the key. Close it to them: chmod 600 {path}")
    if len(text) != 2 * _BYTES or set(text) - set("0123456789abcdef"):
        raise TadasuError(
            f"{path}: expected {2 * _BYTES} hexadecimal digits, as `tadasu key FILE` makes them."
        )
    return Key(bytes.fromhex(text))


def make(path: Path, repository: Path) -> Key:
    """Make a new key file, mode 0600; one that is there is never written over.

    Raises:
        TadasuError: there is a file already, it would lie in the repository, or cannot be written.
    """
    if path.resolve().is_relative_to(repository.resolve()):
        raise TadasuError(f"{path}: a key must lie outside the repository. Name another folder.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise TadasuError(
            f"{path}: there is a file already. A key must stay: with another one no pseudonym is the same."
        ) from error
    except OSError as error:
        raise TadasuError(f"{path}: cannot be written ({error.strerror}).") from error
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(_BYTES) + "\n")
    return read(path.resolve(), repository)


def require(key: Key, expected: str, where: str) -> None:
    """See that a key is the one that was used before.

    Raises:
        TadasuError: it is another one.
    """
    if expected and key.check != expected:
        raise TadasuError(
            f"{where}: the key is another one (check value {key.check}, expected {expected}). With it every "
            "person would become a stranger to the years before. Name the right key file under "
            "identifiers.key, or start anew in another folder with out=DIR."
        )
