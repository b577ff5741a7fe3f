#include "sim/teleport/archive.h"

#include <utility>

#include "sim/teleport/uuid.h"

namespace notifyd::sim {
namespace {

constexpr std::uint64_t kPerMs = 4'096;  // what the counter of an ID can tell apart

}  // namespace

Archive::Archive(std::size_t count, std::uint64_t first_ms, RequestPtr model, RecordPtr record)
    : count_(count), first_ms_(first_ms), model_(std::move(model)), record_(std::move(record)) {}

std::string Archive::id(std::size_t index) const {
  return uuid_v7(first_ms_ + index / kPerMs, index % kPerMs, index);
}

std::size_t Archive::lower_bound(const std::string& key) const {
  if (key.empty()) return 0;
  std::size_t first = 0;
  for (std::size_t left = count_; left > 0;) {
    const std::size_t half = left / 2;
    const bool before = id(first + half) < key;
    if (before) first += half + 1;
    left = before ? left - half - 1 : half;
  }
  return first;
}

std::optional<std::size_t> Archive::find(const std::string& id) const {
  const std::size_t index = lower_bound(id);
  if (index == count_ || this->id(index) != id) return std::nullopt;
  return index;
}

RequestPtr Archive::request(std::size_t index) const {
  auto request = std::make_shared<::types::AccessRequest>(*model_);
  request->mutable_metadata()->set_name(id(index));
  return request;
}

}  // namespace notifyd::sim
