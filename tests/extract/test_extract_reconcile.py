"""Whatever happens to a file's lines: read = kept + quarantined, and the sound lines enter unchanged."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tadasu import extract
from tadasu.extract import reasons

Ward = dict[tuple[int, str], pl.DataFrame]
Save = Callable[[Ward, str], Path]

HEADER = "donation_id,tax_year,person_id,source,document_id,recipient_code,kind,amount,received_on"
SOUND = "{id},2025,P001,return,D001,131202,furusato,5000,2025-02-01"
FATES: dict[str, tuple[str, str | None]] = {
    "sound": (SOUND, None),
    "quoted": ('{id},2025,P001,return,"D,""1",131202,furusato,5000,2025-02-01', None),
    "two lines": ('{id},2025,P001,return,"D\n1",131202,furusato,5000,2025-02-01', None),
    "short": ("{id},2025,P001,return", reasons.RAGGED),
    "long": (SOUND + ",", reasons.RAGGED),
    "blank": ("", reasons.RAGGED),
    "stray quote": ('{id},2025,P001,return,"D001,131202,furusato,5000,2025-02-01', reasons.QUOTE),
    "not UTF-8": (SOUND.replace("D001", "\udc8b\udce6"), reasons.UNDECODABLE),
    "separator": (SOUND.replace("5000", "5.000"), reasons.NO_INTEGER),
    "negative": (SOUND.replace("5000", "-5000"), reasons.NEGATIVE),
    "code": (SOUND.replace("furusato", "gift"), reasons.NO_CODE),
    "year": (SOUND.replace(",2025,", ",2024,"), reasons.OTHER_YEAR),
    "nobody": (SOUND.replace("P001", ""), reasons.EMPTY),
    "again": (SOUND.replace("{id}", "N000"), reasons.COPY),
    "other content": (SOUND.replace("{id}", "N999").replace("5000", "{number}"), reasons.KEY),
}
"""What may become of a line: how it then stands in the file, and the reason for which it is put aside."""


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=12))
def test_each_line_is_kept_or_put_aside_for_its_own_reason(ward: Ward, save: Save, fates: list[str]) -> None:
    fates = ["sound", *fates, *(["other content"] * 2 if "other content" in fates else [])]
    text, expected, kept, line = [HEADER], {}, set(), 2
    for number, fate in enumerate(fates):
        template, reason = FATES[fate]
        text.append(template.format(id=f"N{number:03}", number=number))
        if reason is None:
            kept.add(f"N{number:03}")
        else:
            expected[line] = reason
        line += 1 + text[-1].count("\n")
    folder = save({key: frame for key, frame in ward.items() if key[0] == 2025}, "csv")
    (folder / "2025/donations.csv").write_bytes(
        "\n".join([*text, SOUND.format(id="LAST")]).encode(errors="surrogateescape")
    )

    intake = extract.read(folder)

    assert dict(intake.quarantine[2025].select("line", "reason").iter_rows()) == expected
    assert set(intake.tables[2025]["donations"]["donation_id"]) == {*kept, "LAST"}
    count = next(f for f in intake.files if f.table == "donations")
    assert (count.read, count.kept, count.quarantined) == (len(fates) + 1, len(kept) + 1, len(expected))
