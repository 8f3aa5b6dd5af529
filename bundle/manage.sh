#!/bin/sh
# Says which versions of Tadasu are installed, and changes the one in use:   DEST/manage status
set -eu
umask 022
slot=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
dest=$(dirname -- "$(dirname -- "$slot")")
settings=$dest/ward/settings

say() { printf '%s\n' "$*"; }

refuse() {
    say "【中止】$1" "[stopped] $2" >&2
    exit 1
}

usage() {
    say "使い方：manage status            導入済みの版と、ファイルに変わりがないかを示す"
    say "        manage rollback          一つ前に使っていた版に戻す（データと設定はそのまま）"
    say "        manage use 版            その版を使う"
    say "        manage own ファイル      添付の設定を、区の設定として書き換えられるようにする（例：conf/suggest/default.yaml）"
    say "        manage remove 版         使っていない版を消す（区のデータは消えない）"
}

named() { [ ! -L "$dest/$1" ] || basename "$(readlink "$dest/$1")"; }

# point NAME TARGET: the link changes in one step; whoever looks sees the old or the new one.
point() {
    rm -f "$dest/.$1.new"
    ln -s "$2" "$dest/.$1.new"
    mv -fT "$dest/.$1.new" "$dest/$1"
}

complete() {
    case $1 in '' | */* | .*) return 1 ;; esac
    [ -f "$dest/versions/$1/.complete" ]
}

# A link in the ward's settings for each file that a version ships, through `current`: it follows the version in use.
# A file of the ward's own under that name stays.
links() {
    (cd "$dest/versions/$1/shipped" && find conf ordinances -type f) | while IFS= read -r file; do
        link=$settings/$file
        [ ! -e "$link" ] || [ -L "$link" ] || continue
        up=$(dirname "ward/settings/$file" | sed 's|[^/]*|..|g')
        mkdir -p "$(dirname "$link")"
        [ "$(readlink "$link" || true)" = "$up/current/shipped/$file" ] || ln -sfn "$up/current/shipped/$file" "$link"
    done
}

# Links to what the version in use does not ship.
prune() {
    find "$settings" -type l | while IFS= read -r link; do
        case $(readlink "$link") in */current/shipped/*) [ -e "$link" ] || rm -f "$link" ;; esac
    done
}

# Files in a version's folder that were not delivered: somebody put them where no other version sees them.
strays() {
    (cd "$dest/versions/$1" && find . -name __pycache__ -prune -o -path ./.venv -prune -o -type f -print |
        awk 'NR == FNR {known[substr($0, 67)]; next} !(substr($0, 3) in known) {print substr($0, 3)}' MANIFEST.sha256 - |
        grep -vxE 'BUNDLE|MANIFEST\.sha256|\.complete|\.installing' || true)
}

# What to look at after a change of versions: files left behind, and files of the ward that stand before ones of ours
# which changed.
left_behind() {
    [ -n "$1" ] && complete "$1" || return 0
    strays "$1" | sed "s|^|確認：前の版のフォルダーに残っているファイル（$dest/ward に移してください）：$dest/versions/$1/|"
    (cd "$settings" && find conf ordinances -type f) | while IFS= read -r file; do
        new=$dest/versions/$2/shipped/$file old=$dest/versions/$1/shipped/$file
        [ -f "$new" ] && ! cmp -s "$old" "$new" || continue
        say "確認：添付の設定 $file がこの版で変わりました。区の設定が優先されます（比べる：diff $settings/$file $new）"
    done
}

use() {
    complete "$1" || refuse "版 $1 は導入されていません。manage status で確かめてください。" "version $1 is not installed."
    before=$(named current)
    links "$1"
    if [ "$before" != "$1" ]; then
        [ -z "$before" ] || point previous "versions/$before"
        point current "versions/$1"
    fi
    prune
    point tadasu current/bin/tadasu
    point manage current/bin/manage
    [ "$before" = "$1" ] || left_behind "$before" "$1"
    printf '%s use %s before %s by %s manifest %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "${before:--}" \
        "$(id -un 2>/dev/null || id -u)" "$(cat "$dest/versions/$1/.complete")" >>"$dest/ward/versions.log"
    say "使う版：$1"
}

rollback() {
    before=$(named previous)
    [ -n "$before" ] && [ "$before" != "$(named current)" ] ||
        refuse "前の版がありません。manage status で版を選び、manage use 版 としてください。" "there is no version before this one; see manage status."
    use "$before"
    say "区のデータと設定（$dest/ward）には触れていません。"
}

# Whether the files of a version are those that were delivered, and it starts.
intact() {
    cd "$slot"
    sha256sum --check --strict --quiet MANIFEST.sha256 >/dev/null 2>&1 && ./bin/tadasu --help >/dev/null 2>&1
}

status() {
    for folder in "$dest"/versions/*; do
        name=$(basename "$folder")
        mark=''
        [ "$name" != "$(named current)" ] || mark=' ← 使用中'
        [ "$name" != "$(named previous)" ] || mark="$mark （前の版）"
        [ -f "$folder/.complete" ] || [ -f "$folder/.installing" ] || continue
        if [ ! -f "$folder/.complete" ]; then say "$name  途中で止まった導入（次の導入で消えます）" && continue; fi
        state='ファイルに変わりなし'
        "$folder/bin/manage" intact || state='【注意】ファイルが書き換えられているか、動きません：導入し直してください'
        say "$name  コミット $(sed -n 's/^commit=//p' "$folder/BUNDLE" | cut -c1-12)  $state$mark"
    done
    say "区の設定：$(cd "$settings" && find conf ordinances -type f | tr '\n' ' ')"
}

own() {
    link=$settings/$1
    case $1 in conf/*.yaml | ordinances/*.yaml) ;; *) usage >&2 && exit 2 ;; esac
    [ -L "$link" ] || refuse "$1 は添付の設定ではありません。" "$1 is no shipped setting."
    cp "$link" "$link.new"
    chmod 644 "$link.new"
    mv -fT "$link.new" "$link"
    say "書き換えられます：$link"
}

remove() {
    complete "$1" || refuse "版 $1 は導入されていません。" "version $1 is not installed."
    [ "$1" != "$(named current)" ] || refuse "使用中の版は消せません。" "that version is in use."
    stray=$(strays "$1" | head -n 3 | tr '\n' ' ')
    [ -z "$stray" ] || refuse "添付されたものでないファイルがあります。先に移してください：$stray" "files that were not delivered are in it; move them first: $stray"
    # Renamed first: a removal that is broken off leaves nothing that looks like a version.
    mv -T -- "$dest/versions/$1" "$dest/versions/.gone.$1"
    rm -rf -- "$dest"/versions/.gone.*
    [ "$1" != "$(named previous)" ] || rm -f "$dest/previous"
    say "消しました：$1"
}

case ${1:-}:$# in
status:1 | rollback:1 | intact:1) "$1" ;;
use:2 | own:2 | remove:2) "$1" "$2" ;;
*) usage >&2 && exit 2 ;;
esac
