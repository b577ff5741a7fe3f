#!/usr/bin/env bash
# tidy.sh BUILD_DIR [FILE...]: clang-tidy over all sources (or these), one per core; prints findings
# only.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

build=$1
shift
# Without what g++ was asked for and clang does not know, and without precompiled headers: a source
# that lacks an include is found here.
mkdir -p "$build/tidy"
not_clangs=' -fno-gnu-unique| -Winvalid-pch| -Wno-(restrict|stringop-overflow|stringop-overread)'
sed -E "s/$not_clangs| -include [^ ]+cmake_pch\.hxx//g" \
  "$build/compile_commands.json" >"$build/tidy/compile_commands.json"

# What only compiles alone, or is C++ before C++20, is in no build: tests/abi.
if [ $# -gt 0 ]; then
  printf '%s\n' "$@"
else
  git ls-files -- 'host/*.cc' 'plugins/*.cc' 'sim/*.cc' 'tests/*.cc' ':!tests/abi'
fi |
  xargs -P "$(nproc)" -n 2 clang-tidy -p "$build/tidy" --quiet 2>/dev/null
