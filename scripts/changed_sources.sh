#!/usr/bin/env bash
# changed_sources.sh [SINCE]: the sources for clang-tidy to look at, newest change first: what is
# not yet committed, and the commits after SINCE. Without SINCE, the commits
#   * that origin/main has not, if there are any (somebody's work before it lands),
#   * else of the day before the newest one (what landed last; a clone can't know more).
# A history that ends earlier is taken as far as it goes. For a header that changed, one source that
# includes it. At most 40 files, so that its time has a limit; all of them are looked at by ./dev
# lint.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
most=40

commits=(HEAD)
if [ $# -gt 0 ]; then
  commits+=("^$1")
elif git rev-parse --quiet --verify origin/main >/dev/null &&
  [ -n "$(git rev-list --max-count=1 HEAD ^origin/main)" ]; then
  commits+=(^origin/main)
else
  commits+=("--since=$(($(git log -1 --format=%ct HEAD) - 24 * 60 * 60))")
fi

changed() {
  git diff --name-only HEAD
  git log --no-merges --name-only --format= "${commits[@]}"
}

# to_sources: paths to sources that exist and that the build compiles.
to_sources() {
  local path
  while read -r path; do
    [ -f "$path" ] || continue
    case $path in
      tests/abi/*) ;;
      host/*.cc | plugins/*.cc | sim/*.cc | tests/*.cc) echo "$path" ;;
      host/*.h | plugins/*.h | sim/*.h | tests/*.h | sdk/*.hpp)
        if [ -f "${path%.*}.cc" ]; then
          echo "${path%.*}.cc"
        else
          git grep -lE "#include [<\"](.*/)?${path##*/}[>\"]" -- '*.cc' ':!tests/abi' |
            head -n 1 || true
        fi
        ;;
    esac
  done
}

mapfile -t sources < <(changed | awk '!seen[$0]++' | to_sources | awk '!seen[$0]++')
if [ ${#sources[@]} -gt $most ]; then
  echo "${#sources[@]} sources have changed; these are the $most that changed last" >&2
fi
[ ${#sources[@]} -eq 0 ] || printf '%s\n' "${sources[@]:0:$most}"
