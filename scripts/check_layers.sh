#!/usr/bin/env bash
# The parts depend on each other one way only: what each may include.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# Of the project's own. A part that is not here may include nothing, and nobody may include it.
declare -A may_use=(
  [host/base]=''
  [host/model]='base'
  [host/config]='base model'
  [host/net]='base model'
  [host/rules]='base model'
  [host/teleport]='base model config net'
  [host/module]='base model config net'
  [host/delivery]='base model rules teleport module'
  [host/ops]='base model config'
  [host/daemon]='base model config net rules teleport module delivery ops'
  [host/cli]='base config ops daemon'
  [host]='cli'
  [sim]='base sim'
  [sdk]=''
  [plugins]=''
)

# Of libraries: the only part of the host that may include them.
declare -A kept_to=(
  ['boost/asio']=base
  ['toml\+\+/']=config
  ['curl/']=net
  ['grpc|google/protobuf|.*\.pb\.h']=teleport
  ['dlfcn\.h|boost/dll']=module
  ['spdlog/']=ops
  ['CLI/']=cli
)
modules_see_none_of='curl/|grpc|openssl/|boost/|spdlog/'

bad=0
forbid() { # WHY PATTERN, with the files on stdin; not in a pipeline, where `bad` would be lost
  local hits
  hits=$(xargs -r grep -snE "#include *[<\"]$2" /dev/null || true)
  [ -z "$hits" ] && return 0
  printf '%s:\n%s\n' "$1" "$hits" >&2
  bad=1
}

sources() {
  git ls-files --cached --others --exclude-standard -- "$1" | grep -E '\.(c|cc|h|hpp)$' || true
}

for folder in host/*/; do
  [ -n "${may_use[${folder%/}]+known}" ] && continue
  printf 'scripts/check_layers.sh does not say what %s may use\n' "$folder" >&2
  bad=1
done

parts=(sim tests plugins)
for folder in "${!may_use[@]}"; do
  [[ $folder != host/* ]] || parts+=("${folder#host/}")
done

for folder in "${!may_use[@]}"; do
  others=''
  for part in "${parts[@]}"; do
    [[ " ${may_use[$folder]} ${folder#host/} " == *" $part "* ]] || others+="|$part"
  done
  files=$(sources "$folder")
  [ "$folder" != host ] || files=$(grep -v '^host/.*/' <<<"$files")
  forbid "$folder may use ${may_use[$folder]:-nothing of the project}" "(${others#|})/" <<<"$files"
done

for library in "${!kept_to[@]}"; do
  files=$(sources host | grep -v "^host/${kept_to[$library]}/")
  forbid "this library belongs to host/${kept_to[$library]}" "($library)" <<<"$files"
done
forbid 'a module sees the SDK only' "($modules_see_none_of)" <<<"$(sources plugins)"
exit $bad
