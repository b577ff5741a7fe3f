#!/usr/bin/env bash
# Builds the modules that are kept of a release of the module ABI, with nothing but the staged SDK,
# into tests/abi/<machine>/v<major>.<minor>/. Run once, when a minor is declared, and never again:
# a test runs them against every later host, and a rebuilt one would prove nothing.
#
#   ./dev build && scripts/store_abi_modules.sh [STAGE]     (default build/stage)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

stage=$(readlink -f "${1:-build/stage}")
export PKG_CONFIG_PATH=$stage/share/pkgconfig
version=$(pkg-config --modversion teleport-notify)
folder=tests/abi/$(uname -m)/v$version
if [ -d "$folder" ]; then
  echo "$folder is there already. What was released is never built again." >&2
  exit 1
fi
mkdir -p "$folder"
# -fdebug-prefix-map: no path of this machine; -s: nothing that only a debugger reads.
flags=(-O2 -s "-fdebug-prefix-map=$PWD=." "-Wl,--build-id=none")

build() { # NAME COMPILER SOURCE [FLAG...]
  local name=$1 compiler=$2 source=$3
  shift 3
  local sdk_flags link
  read -ra sdk_flags <<<"$(pkg-config --cflags teleport-notify)"
  read -ra link <<<"$(pkg-config --libs teleport-notify)"
  "$compiler" "$@" "${flags[@]}" "${sdk_flags[@]}" "$source" "${link[@]}" \
    -o "$folder/libnotify_$name.so"
  "$stage/bin/notify-modcheck" "$folder/libnotify_$name.so" >/dev/null
}
build example "${CC:-cc}" plugins/example/example.c -std=c11
build outside "${CXX:-c++}" tests/abi/outside/outside.cc -std=c++20
cat >"$folder/README" <<END
Modules of module ABI $version, as they were built when it was declared, by
scripts/store_abi_modules.sh from plugins/example/example.c and tests/abi/outside/outside.cc:
$("${CC:-cc}" --version | head -n 1)
$("${CXX:-c++}" --version | head -n 1)
Never built again: tests/abi/modules_test.cc runs them against every later host.
END
ls -l "$folder"
