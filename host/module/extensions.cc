#include "module/extensions.h"

#include <algorithm>
#include <array>

namespace notifyd::modules {
namespace {

constexpr std::array<Extension, 0> kOffered{};

}  // namespace

std::span<const Extension> offered_extensions() { return kOffered; }

const void* find_extension(std::span<const Extension> offered, const char* id) {
  if (id == nullptr) return nullptr;
  const auto found = std::ranges::find(offered, std::string_view(id), &Extension::id);
  return found == offered.end() ? nullptr : found->table;
}

}  // namespace notifyd::modules
