#!/usr/bin/env bash
# tidy.sh BUILD_DIR [FILE...]: clang-tidy over all sources (or these), two at a time; prints findings only.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

build=$1
shift
if [ $# -gt 0 ]; then printf '%s\n' "$@"; else git ls-files -- 'host/*.cc' 'plugins/*.cc' 'sim/*.cc'; fi |
  xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet 2>/dev/null
