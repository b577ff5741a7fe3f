#!/usr/bin/env bash
# check_unit.sh UNIT PROGRAM: `systemd-analyze verify` has nothing to say about the unit, and
# `security` scores its exposure at 1.5 or less. PROGRAM stands in for the installed one.
set -euo pipefail
unit=$1 program=$2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
copy=$directory/$(basename "$unit")
sed -E "s,^(ExecStart|ExecReload)=[^ ]*,\1=$program," "$unit" >"$copy"
said=$(systemd-analyze verify "$copy" 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "$said"; exit 1; }
systemd-analyze security --offline=true --threshold=15 "$unit" | tail -n 1
