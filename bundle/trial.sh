#!/bin/sh
# The full trial of a bundle, by hand (make bundle-trial): two real bundles of the last commit, installed, upgraded, rolled
# back, broken off and damaged where there is no network. Takes about 15 minutes and 6 GB below TMPDIR (or /var/tmp).
set -eu

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
ok() { say "ok: $*"; }
fail() {
    say "FAILED: $*" >&2
    exit 1
}

# state FOLDER: one hash of all that is the ward's: names, modes, contents.
state() {
    (cd "$1" && find data settings -type f | LC_ALL=C sort | while IFS= read -r file; do
        printf '%s %s\n' "$(stat -c %a "$file")" "$(sha256sum "$file")"
    done | sha256sum)
}

make_bundles() {
    say "two bundles of the last commit, the second with one more line in a file"
    git clone --quiet . "$work/code"
    bundle one
    (umask 077 && bundle again)
    cmp "$work"/one/*.tar "$work"/again/*.tar || fail "the same commit gave other bytes"
    ok "the same commit gives the same bytes: $(cut -c1-16 "$work"/one/*.sha256)…, $(du -m "$work"/one/*.tar | cut -f1) MB"
    rm -r "$work/again"
    printf '\n' >>"$work/code/LICENSE"
    git -C "$work/code" -c user.name=trial -c user.email=trial@example commit --quiet --all --message trial
    bundle two
    for name in one two; do
        tar -xf "$work/$name"/*.tar -C "$work/$name" --strip-components 1
        rm "$work/$name"/*.tar "$work/$name"/*.tar.sha256
    done
    say "what the checkout itself makes of the small ward"
    (cd "$work/code" && PYTHONPATH=$PWD "$python" -m pipelines.cli run ward=mini model=small tracking=off \
        "out=$work/checkout" >"$work/log" 2>&1) || fail "the checkout does not run: $work/log"
}

bundle() { (cd "$work/code" && "$python" -m bundle --cache "$cache" --to "$work/$1" >>"$work/log" 2>&1) || { cat "$work/log" && fail "no bundle"; }; }

no_network() {
    python3 -c '
import errno, socket, sys
try:
    socket.create_connection(("192.0.2.1", 443), timeout=5)
except OSError as error:
    sys.exit(error.errno != errno.ENETUNREACH)
sys.exit(1)' || fail "there is a route: $1"
    ok "no route to anywhere"
}

first_install() {
    begun=$(date +%s)
    "$work/one/install.sh" "$dest" >"$work/log" 2>&1 || { cat "$work/log" && fail "install"; }
    ok "installed with its own check in $(($(date +%s) - begun)) s, $(du -sm "$dest" | cut -f1) MB"
    "$dest/tadasu" run ward=mini model=small >"$work/log" 2>&1 || { tail "$work/log" && fail "run"; }
    for name in suggestions.csv suggestions.ja.csv suggestions.parquet; do
        cmp "$dest/ward/data/mini/2026/$name" "$work/checkout/2026/$name" || fail "$name is not what the checkout makes"
    done
    ok "tadasu run ward=mini: the same bytes as in the checkout"
}

# What a ward has after some weeks: decisions, a longer ledger, the way back, settings of its own.
ward_works() {
    "$dest/current/.venv/bin/python" -P - "$dest/ward/data/mini" <<'PYTHON'
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tadasu import ledger
from tadasu.tables import DECISIONS

out = Path(sys.argv[1])
rows = pl.read_parquet(out / "2026" / "suggestions.parquet").unique("row_id", maintain_order=True).head(20)
decisions = rows.select(
    pl.format("D{}", "row_id").alias("decision_id"), "tax_year", "row_id", "person_id", verdict=pl.lit("no_change"),
    staff_id=pl.lit("S1"), arm=pl.lit("suggested"), decided_at=pl.lit(datetime(2026, 5, 1, tzinfo=UTC)),
    active_seconds=pl.lit(40.0), shown_at=pl.lit(datetime(2026, 5, 1, tzinfo=UTC)),
    **{name: pl.lit(None, dtype=pl.String) for name in ("suggestion", "changes", "voided_by")},
)
DECISIONS.arrange(decisions).write_parquet(out / "decisions.parquet")
ledger.append(out / "ledger.jsonl", actor="S1", event="decide", subject="mini", detail={"decisions": decisions.height})
PYTHON
    mkdir -p "$dest/ward/data/mini/private"
    (umask 077 && head -c 1000 /dev/urandom >"$dest/ward/data/mini/private/ids.parquet")
    sed 's/^name: mini/name: trial/' "$dest/current/conf/ward/mini.yaml" >"$dest/current/conf/ward/trial.yaml"
    "$dest/manage" own conf/suggest/default.yaml >"$work/log"
    before=$(state "$dest/ward")
}

# same WHAT VERSION: the ward's files are as they were, the ledger is whole, and that version is in use.
same() {
    [ "$(state "$dest/ward")" = "$before" ] || fail "$1: something of the ward's changed"
    [ "$(basename "$(readlink "$dest/current")")" = "$2" ] || fail "$1: not $2 in use"
    "$dest/tadasu" ledger verify ward=mini >"$work/log" 2>&1 || { cat "$work/log" && fail "$1: the ledger"; }
    "$dest/tadasu" configure ward=trial >"$work/log" 2>&1 || { cat "$work/log" && fail "$1: the ward's settings"; }
    rm "$dest/ward/data/resolved.yaml"
    ok "$1: data, decisions, ledger, private/ids and settings are as they were; in use: $2"
}

killed() {
    for when in 1 10 40; do
        setsid "$work/two/install.sh" "$dest" >"$work/log" 2>&1 &
        installing=$!
        until grep -q '導入中' "$work/log"; do sleep 0.1; done
        sleep $when
        kill -s KILL -- "-$installing" 2>/dev/null || fail "it had ended before it was killed: $(tail -n 3 "$work/log")"
        wait $installing 2>/dev/null || true
        same "killed (SIGKILL) $when s after the files were verified" "$one"
    done
}

full_disk() {
    small=$work/small
    mkdir -p "$small"
    mount -t tmpfs -o size=100m none "$small" 2>/dev/null || { say "skipped: a full disk (no mount here)" && return; }
    if "$work/two/install.sh" "$small/dest" >"$work/log" 2>&1; then fail "installed on 100 MB"; fi
    grep -q 'not enough room' "$work/log" || fail "$(cat "$work/log")"
    ok "too small a disk is refused before anything is copied"
    mount -o remount,size=4g "$small"
    rm -rf "$small/dest" && mkdir -p "$small/dest/versions/$one" && cp -R "$dest/ward" "$small/dest/ward"
    mount --bind "$dest/versions/$one" "$small/dest/versions/$one"
    ln -s "versions/$one" "$small/dest/current"
    "$work/two/install.sh" "$small/dest" >"$work/log" 2>&1 &
    until [ -d "$small/dest/versions/$two/.venv" ]; do sleep 0.1; done
    mount -o remount,size=120m "$small"
    if wait $!; then fail "installed on a full disk"; fi
    grep -qi 'no space left' "$work/log" || fail "not the disk: $(cat "$work/log")"
    [ ! -e "$small/dest/versions/$two" ] || fail "half a version stays"
    [ "$(readlink "$small/dest/current")" = "versions/$one" ] && "$small/dest/current/bin/tadasu" --help >"$work/log"
    umount "$small/dest/versions/$one" "$small"
    ok "a disk that fills up on the way leaves the old version, and nothing of the new one"
}

damaged() {
    cp -al "$work/two" "$work/damaged"
    wheel=$(find "$work/damaged/wheels" -name 'numpy-*.whl')
    cp "$wheel" "$wheel.new" && mv "$wheel.new" "$wheel"
    printf 'X' | dd of="$wheel" bs=1 seek=100000 conv=notrunc 2>/dev/null
    if "$work/damaged/install.sh" "$dest" >"$work/log" 2>&1; then fail "a damaged wheel was installed"; fi
    grep -q 'wheels/numpy' "$work/log" || fail "$(cat "$work/log")"
    rm -r "$work/damaged"
    same "one byte of a wheel changed: refused, by name" "$one"
}

upgrade() {
    "$work/two/install.sh" --short "$dest" >"$work/log" 2>&1 || { cat "$work/log" && fail "upgrade"; }
    same "upgraded" "$two"
    "$dest/manage" rollback >"$work/log"
    same "rolled back" "$one"
    "$dest/manage" rollback >"$work/log"
    same "and forward again" "$two"
    [ "$("$dest/manage" status | grep -c 'ファイルに変わりなし')" = 2 ] || fail "$("$dest/manage" status)"
    ok "both versions are file by file what was delivered"
}

inside() {
    dest=$work/dest
    one=$(sed -n 's/^version=//p' "$work/one/BUNDLE") two=$(sed -n 's/^version=//p' "$work/two/BUNDLE")
    no_network "$cut"
    first_install
    ward_works
    same "the ward works" "$one"
    killed
    damaged
    full_disk
    upgrade
}

if [ "${1:-}" = --inside ]; then
    work=$2 cut=$3
    inside
    exit
fi
python=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)/$(basename "$1")
cache=$PWD/.cache/bundle
work=$(mktemp -d "${TMPDIR:-/var/tmp}/tadasu-trial.XXXXXX")
say "in $work (stays there if something fails)"
make_bundles
for cut in 'unshare -m -n' 'unshare -r -m -n'; do
    $cut true 2>/dev/null && break
    cut=''
done
[ -n "$cut" ] || fail "unshare -n does not work here: without it the trial would prove nothing"
$cut sh "$0" --inside "$work" "$cut"
rm -rf "$work"
say "all of it went well"
