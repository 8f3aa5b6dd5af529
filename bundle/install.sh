#!/bin/sh
# Installs Tadasu from the folder that this file lies in, without a network:   ./install.sh DEST
# Verifies every file first. What was installed before keeps working until the new version has passed its own check.
set -eu
umask 022
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
dest='' slot='' work='' full=yes python=${PYTHON:-}
# The machine's own settings of pip, uv and Python must not reach in.
for name in $(env | sed -nE 's/^(PIP_[A-Z_]*|UV_[A-Z_]*|PYTHON[A-Z_]*|VIRTUAL_ENV)=.*/\1/p'); do unset "$name"; done
export UV_NO_CONFIG=1 UV_OFFLINE=1 UV_NO_PROGRESS=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1

say() { printf '%s\n' "$*"; }

# refuse JAPANESE ENGLISH: nothing that was there before has been changed.
refuse() {
    say "【中止】$1" "[stopped] $2" >&2
    exit 1
}

fact() { sed -n "s/^$1=//p" "$here/BUNDLE"; }

usage() {
    say "使い方：./install.sh 導入先フォルダー   （例：./install.sh /opt/tadasu）"
    say "  --verify   ファイルの検査だけ行う（何も導入しない）"
    say "  --short    導入後の試し実行（約2分）を省く"
    say "Usage: ./install.sh DEST | --verify | --short DEST      PYTHON=/path/to/python3 names the Python to use"
}

arguments() {
    verify_only=no
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage && exit 0 ;;
        --verify) verify_only=yes ;;
        --short) full=no ;;
        -*) usage >&2 && exit 2 ;;
        *) [ -z "$dest" ] || { usage >&2 && exit 2; }; dest=$1 ;;
        esac
        shift
    done
    [ -n "$dest" ] || [ $verify_only = yes ] || { usage >&2 && exit 2; }
}

# Every file is in the manifest with its SHA-256, and no other file is there.
verify() {
    [ -f "$here/MANIFEST.sha256" ] && [ -f "$here/BUNDLE" ] ||
        refuse "検査表（MANIFEST.sha256）がありません。アーカイブをもう一度展開してください。" \
            "MANIFEST.sha256 is missing: unpack the archive again."
    say "検査中：すべてのファイルの SHA-256 を確かめています。"
    cd "$here"
    sed 's/^[0-9a-f]*  //' MANIFEST.sha256 | LC_ALL=C sort >"$work/listed"
    find . ! -type d ! -path ./MANIFEST.sha256 | sed 's|^\./||' | LC_ALL=C sort >"$work/found"
    cmp -s "$work/listed" "$work/found" ||
        refuse "検査表とファイルが一致しません（過不足）：$(differ)" \
            "missing or unknown files: $(differ). Unpack the archive again into an empty folder."
    sha256sum --check --strict --quiet MANIFEST.sha256 >"$work/sums" 2>&1 ||
        refuse "内容が壊れているか、書き換えられています：$(sed 's/: FAILED.*//;q' "$work/sums")。導入しません。アーカイブを入手し直してください。" \
            "SHA-256 does not match: $(sed 's/: FAILED.*//;q' "$work/sums"). Nothing is installed; obtain the archive again."
}

differ() { LC_ALL=C comm -3 "$work/listed" "$work/found" | tr -d '\t' | head -n 3 | tr '\n' ' '; }

machine() {
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
        refuse "この機械（$(uname -s) $(uname -m)）には導入できません。Linux x86-64 用です。" \
            "this machine is $(uname -s) $(uname -m); the bundle is for Linux x86_64."
    for tool in flock sha256sum readlink; do
        command -v $tool >/dev/null 2>&1 || refuse "コマンド $tool がありません。" "the command $tool is missing."
    done
    find_python
    "$python" -c 'import venv' 2>/dev/null ||
        refuse "Python の venv がありません（Debian・Ubuntu では python3-venv）。" "Python's venv is missing (Debian, Ubuntu: python3-venv)."
    "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null ||
        refuse "libgomp がありません（Debian・Ubuntu では libgomp1、RHEL 系では libgomp）。" "libgomp.so.1 is missing (Debian, Ubuntu: libgomp1; RHEL: libgomp)."
    "$python" -c "
import platform, sys
name, found = platform.libc_ver()
sys.exit(name != 'glibc' or [int(n) for n in found.split('.')[:2]] < [int(n) for n in '$(fact glibc)'.split('.')])" 2>/dev/null ||
        refuse "glibc $(fact glibc) 以上が必要です。" "glibc $(fact glibc) or newer is needed."
}

# The Python that was named, or the first of the usual names that has the bundle's version.
find_python() {
    wanted=$(fact python) found=''
    if [ -n "$python" ]; then set -- "$python"; else set -- python3 "python$wanted"; fi
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 || continue
        found="$found $("$name" --version 2>&1 || true)"
        "$name" -c "import sys
sys.exit(f'{sys.version_info[0]}.{sys.version_info[1]}' != '$wanted' or sys.maxsize < 2**32)" 2>/dev/null || continue
        python=$(command -v "$name")
        return
    done
    refuse "Python $wanted が必要です（見つかったもの：${found:-なし}）。この機械の Python に合うアーカイブを依頼するか、PYTHON=/…/python$wanted ./install.sh と指定してください。" \
        "Python $wanted is needed (found:${found:- none}). Ask for a bundle for this machine's Python, or name one: PYTHON=/.../python$wanted ./install.sh DEST"
}

# DEST is new, empty, or an earlier installation; and has room.
place() {
    case $dest in /*) ;; *) dest=$PWD/$dest ;; esac
    case $(readlink -m -- "$dest")/ in
    "$here"/*) refuse "導入先は、このフォルダーの外にしてください。" "DEST must lie outside this folder." ;;
    esac
    # Empty, an installation, or what a backup of the ward brought back.
    if [ -e "$dest" ] && [ ! -e "$dest/versions" ] && [ ! -e "$dest/ward/settings" ] && [ -n "$(ls -A "$dest" 2>/dev/null || echo x)" ]; then
        refuse "導入先 $dest は空のフォルダーでも、Tadasu の導入先でもありません。" "$dest is neither empty nor an installation of Tadasu."
    fi
    { mkdir -p "$dest/versions" "$dest/ward/settings" && [ -w "$dest" ] && [ -w "$dest/versions" ]; } 2>/dev/null ||
        refuse "導入先 $dest を作れません（書き込み権限を確かめてください）。" "$dest cannot be created or written."
    dest=$(CDPATH='' cd -- "$dest" && pwd -P)
    exec 9>"$dest/.lock"
    flock -n 9 || refuse "別の導入が実行中です。終わるのを待ってください。" "another installation into $dest is running."
    [ -d "$dest/ward/data" ] || chmod 700 "$dest/ward"
    mkdir -p "$dest/ward/data" "$dest/ward/settings/conf" "$dest/ward/settings/ordinances"
    clear_leftovers
    choose
    [ "$same" = yes ] && return
    free=$(df -Pk "$dest" | awk 'NR==2 {print int($4 / 1000)}')
    [ "$free" -ge "$(fact installed_mb)" ] ||
        refuse "空き容量が足りません：$(fact installed_mb) MB 必要、$free MB しかありません（$dest）。" "not enough room: $(fact installed_mb) MB are needed, $free MB are free at $dest."
}

# What an installation that was broken off left behind: neither one that was completed nor anything of somebody else.
clear_leftovers() {
    rm -rf -- "$dest"/versions/.gone.*
    for old in "$dest"/versions/*; do
        [ -f "$old/.installing" ] && [ ! -f "$old/.complete" ] || continue
        say "前回、途中で止まった導入の残りを片づけます：$(basename "$old")"
        discard "$old"
    done
}

# Renamed first: a removal that is broken off leaves nothing that looks like a version.
discard() {
    mv -T -- "$1" "$dest/versions/.gone.$(basename "$1")"
    rm -rf -- "$dest"/versions/.gone.*
}

# The folder of this version: the one that is there if it is whole and the same, otherwise a new one beside it.
choose() {
    same=no number=1
    version=$(fact version)
    sum=$(sha256sum <"$here/MANIFEST.sha256" | cut -d' ' -f1)
    slot=$dest/versions/$version
    while [ -e "$slot" ]; do
        if [ "$(cat "$slot/.complete" 2>/dev/null)" = "$sum" ] && "$slot/bin/manage" intact >/dev/null 2>&1; then
            same=yes && return
        fi
        number=$((number + 1))
        slot=$dest/versions/$version.$number
    done
}

fill() {
    say "導入中：$slot"
    mkdir "$slot"
    : >"$slot/.installing"
    mkdir "$slot/.tmp"
    export TMPDIR="$slot/.tmp" UV_CACHE_DIR="$slot/.tmp/uv"
    cp -R "$here/project/." "$slot/"
    chmod 755 "$slot/bin/tadasu" "$slot/bin/manage"
    sed -n 's|  project/|  |p' "$here/MANIFEST.sha256" >"$slot/MANIFEST.sha256"
    cp "$here/BUNDLE" "$slot/BUNDLE"
    cp -R "$slot/shipped/conf" "$slot/conf"
    cp -R "$slot/shipped/ordinances" "$slot/tadasu/law/ordinances"
    # The pinned installer runs from its wheel; the machine's own pip is not used.
    "$python" -m zipfile -e "$here"/installer/*.whl "$slot/.tmp/installer"
    uv=$(find "$slot/.tmp/installer" -path '*/scripts/uv')
    chmod 755 "$uv"
    "$python" -m venv --without-pip "$slot/.venv"
    "$uv" pip sync --quiet --python "$slot/.venv/bin/python" --no-index --find-links "$here/wheels" --require-hashes \
        --no-build --compile-bytecode --allow-empty-requirements "$here/requirements.txt"
    "$uv" pip install --quiet --python "$slot/.venv/bin/python" --no-index --find-links "$here/wheels" --no-deps \
        --editable "$slot"
}

self_check() {
    say "自己検査中：導入した版が動くことを確かめています。"
    "$uv" pip check --quiet --python "$slot/.venv/bin/python" >>"$slot/.tmp/log" 2>&1
    "$slot/bin/tadasu" --help >>"$slot/.tmp/log" 2>&1
    if [ $full = yes ]; then
        say "  合成データの自治体（wards/mini）を、取り込みから修正提案まで実行します（数分）。"
        "$slot/bin/tadasu" run ward=mini model=small tracking=off "out=$slot/.tmp/check" >>"$slot/.tmp/log" 2>&1
        "$slot/bin/tadasu" ledger verify "out=$slot/.tmp/check" >>"$slot/.tmp/log" 2>&1
    fi
}

# The ward's own settings are read by this version before anybody relies on them; what it cannot read is told.
ward_check() {
    unreadable=''
    (cd "$dest/ward/settings" && find conf ordinances -type f) >"$slot/.tmp/own"
    while IFS= read -r file; do
        case $file in conf/*) to=$slot/$file ;; *) to=$slot/tadasu/law/$file ;; esac
        mkdir -p "$(dirname "$to")" && rm -f "$to" && cp "$dest/ward/settings/$file" "$to"
    done <"$slot/.tmp/own"
    while IFS= read -r file; do
        case $file in conf/ward/*.yaml) ;; *) continue ;; esac
        name=$(basename "$file" .yaml)
        "$slot/bin/tadasu" configure "ward=$name" >"$slot/.tmp/told" 2>&1 || {
            unreadable="$unreadable $file"
            sed 's/^/    /' "$slot/.tmp/told" >&2
        }
    done <"$slot/.tmp/own"
}

# The version's folders of settings and data become the ward's, which all versions share.
join() {
    rm -rf "$slot/conf" "$slot/tadasu/law/ordinances" "$slot/data"
    ln -s ../../ward/settings/conf "$slot/conf"
    ln -s ../../../../ward/settings/ordinances "$slot/tadasu/law/ordinances"
    ln -s ../../ward/data "$slot/data"
    rm -rf "$slot/.tmp"
    sync -f "$slot" 2>/dev/null || sync
    printf '%s\n' "$sum" >"$slot/.complete.new"
    mv "$slot/.complete.new" "$slot/.complete"
    rm "$slot/.installing"
}

finish() {
    code=$?
    trap - EXIT
    [ -z "$work" ] || rm -rf -- "$work"
    if [ -n "$slot" ] && [ -d "$slot" ] && [ ! -f "$slot/.complete" ]; then
        [ ! -s "$slot/.tmp/log" ] || { say "--- 自己検査の最後の出力：" && tail -n 15 "$slot/.tmp/log"; } >&2
        discard "$slot" || :
        say "【失敗】導入できませんでした。作りかけのファイルは消しました。" >&2
        [ ! -e "$dest/current" ] || say "これまでの版はそのまま使えます：$(basename "$(readlink "$dest/current")")" >&2
        say "[failed] not installed; what was half done is removed, the version before is untouched." >&2
    fi
    exit "$code"
}

told() {
    say "完了：Tadasu $(basename "$slot")（コミット $(fact commit | cut -c1-12)）"
    [ "$(fact dirty)" = no ] || say "注意：この版は、記録されていない変更を含む試験用です。"
    say "  プログラム      $slot"
    say "  区のデータ      $dest/ward（設定 settings、結果・判断・監査証跡 data）　版を替えても残ります"
    [ -z "$unreadable" ] || say "注意：次の設定を、この版は読めません（上の説明を見て直してください）：$unreadable"
    say "次にすること："
    say "  1. 試す            $dest/tadasu run ward=mini"
    say "  2. 区の設定を作る  $dest/tadasu connect 抽出データのフォルダー"
    say "  3. 前の版に戻す    $dest/manage rollback      状態を見る  $dest/manage status"
    say "  手順書：$slot/docs/closed_network.md"
}

main() {
    arguments "$@"
    work=$(mktemp -d)
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    verify
    [ $verify_only = no ] || { say "検査：問題ありません（$(fact version)）" && exit 0; }
    machine
    place
    unreadable=''
    if [ "$same" = yes ]; then
        say "この版は導入済みで、ファイルに変わりはありません。"
    else
        fill
        self_check
        ward_check
        join
    fi
    "$slot/bin/manage" use "$(basename "$slot")" ||
        refuse "導入しましたが、切り替えられませんでした。$slot/bin/manage use $(basename "$slot") を試してください。" \
            "installed, but not switched to: try $slot/bin/manage use $(basename "$slot")"
    told
}

main "$@"
