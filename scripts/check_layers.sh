#!/usr/bin/env bash
# The parts depend on each other one way only. Each row: where, and what must not be included there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

bad=0
forbid() { # WHY FOLDER PATTERN
  local hits
  hits=$(git ls-files -- "$2" | grep -E '\.(c|cc|h|hpp)$' | xargs -r grep -nE "#include *[<\"]($3)" || true)
  [ -z "$hits" ] && return 0
  printf '%s:\n%s\n' "$1" "$hits" >&2
  bad=1
}

host_parts='base|cli|config|delivery|module|net|ops|teleport'
forbid 'the SDK stands alone' 'sdk/*' "($host_parts|sim|tests|plugins)/"
forbid 'a module sees the SDK only' 'plugins/*' "($host_parts|sim|tests)/|curl/|grpc|openssl/|boost/|spdlog/"
forbid 'base uses nothing of the host' 'host/base/*' "(cli|config|delivery|module|net|ops|teleport)/"
forbid 'config uses base only' 'host/config/*' "(cli|delivery|module|net|ops|teleport)/"
forbid 'net uses base and config only' 'host/net/*' "(cli|delivery|module|ops|teleport)/"
forbid 'teleport knows no modules' 'host/teleport/*' "(cli|delivery|module|ops)/"
forbid 'module knows no Teleport' 'host/module/*' "(cli|delivery|ops|teleport)/"
forbid 'delivery is not above ops and cli' 'host/delivery/*' "(cli|ops|config|net)/"
forbid 'the product uses neither simulators nor tests' 'host/*' "(sim|tests|plugins)/"
forbid 'simulators know no host internals' 'sim/*' "(cli|delivery|module|ops)/"
for part in base config net delivery module ops cli; do
  forbid 'gRPC and protobuf belong to host/teleport' "host/$part/*" 'grpc|google/protobuf|.*\.pb\.h'
done
for part in base config net delivery teleport ops cli; do
  forbid 'dynamic loading belongs to host/module' "host/$part/*" 'dlfcn\.h|boost/dll'
done
for part in config net delivery module teleport ops cli; do
  forbid 'Asio belongs to host/base' "host/$part/*" 'boost/asio'
done
exit $bad
