#!/usr/bin/env bash
# check_hardening.sh FILE...: says what of the hardening in cmake/Hardening.cmake is missing in
# programs and modules as they were built; fails if anything is. Needs readelf.
set -euo pipefail

wrong=0
missing() { # FILE WHAT
  printf '%s: %s\n' "$1" "$2" >&2
  wrong=1
}

check() { # FILE
  local file=$1 header segments dynamic symbols stack
  header=$(readelf -hW "$file")
  segments=$(readelf -lW "$file")
  dynamic=$(readelf -dW "$file")
  symbols=$(readelf -sW --dyn-syms "$file")

  grep -q 'Type: *DYN' <<<"$header" || missing "$file" "not position independent (-fPIE -pie)"
  grep -q 'GNU_RELRO' <<<"$segments" || missing "$file" "no RELRO (-z relro)"
  grep -Eq 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic" ||
    missing "$file" "RELRO is only partial (-z now)"
  grep -q 'TEXTREL' <<<"$dynamic" && missing "$file" "relocations in code"
  stack=$(grep 'GNU_STACK' <<<"$segments" || true)
  [ -n "$stack" ] || missing "$file" "the stack's permissions are not said (-z noexecstack)"
  grep -q 'E' <<<"${stack##*0x000000}" && missing "$file" "the stack is executable"
  grep -Eq '(LOAD).* RWE ' <<<"$segments" && missing "$file" "memory both writable and executable"
  grep -q '__stack_chk_fail' <<<"$symbols" ||
    missing "$file" "no stack protector (-fstack-protector-strong)"
  grep -Eq '__(memcpy|memmove|memset|strncpy|v?snprintf|read|fdelt|poll)_chk' <<<"$symbols" ||
    missing "$file" "no checked libc calls (-D_FORTIFY_SOURCE=2)"
  if [ "$(uname -m)" = x86_64 ]; then
    check_x86 "$file"
  fi
}

check_x86() { # FILE
  local file=$1 marks
  # endbr64, where an indirect call may arrive: in any program of ours by the hundred.
  marks=$(LC_ALL=C grep -aoP '\xf3\x0f\x1e\xfa' "$file" | head -n 10 | wc -l || true)
  [ "$marks" -eq 10 ] || missing "$file" "no marks for indirect calls (-fcf-protection)"
}

[ $# -gt 0 ] || { echo "usage: check_hardening.sh FILE..." >&2; exit 2; }
for file in "$@"; do check "$file"; done
exit "$wrong"
