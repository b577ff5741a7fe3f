#!/usr/bin/env bash
# What abidiff says of the module ABI as it is, against that of a commit: for whoever reviews a
# change of abi.h. A report and no gate: it calls every append a change, and what hides those from
# it hides some breaks too. The gates are tests/abi/layout_v*.c and the modules that are kept.
#
#   scripts/abi_report.sh [COMMIT]     (default HEAD)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

before=${1:-HEAD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/before/notify" "$work/now/notify"
git show "$before:sdk/include/notify/abi.h" >"$work/before/notify/abi.h"
cp sdk/include/notify/abi.h "$work/now/notify/abi.h"

for side in before now; do
  # With everything that the header declares, used or not.
  "${CC:-cc}" -std=c11 -g -shared -fPIC -fno-eliminate-unused-debug-types -I "$work/$side" \
    plugins/example/example.c -o "$work/libnotify_example_$side.so"
done
# 4: there are differences; 8 beside it: some that may break what exists. Others are errors.
status=0
abidiff --headers-dir1 "$work/before" --headers-dir2 "$work/now" \
  "$work/libnotify_example_before.so" "$work/libnotify_example_now.so" || status=$?
if [ $((status & 3)) != 0 ]; then
  echo "abidiff failed" >&2
  exit 1
fi
[ "$status" != 0 ] || echo "abidiff sees no difference to $before"
