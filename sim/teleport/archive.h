// Archive: Access Requests that ended long ago, as many as a big cluster has of them. They and
// their records differ in nothing but the ID and are made when somebody looks, so that a million
// take neither time to set up nor memory.
//
// Nothing changes them, and they never expire. Any thread: it is immutable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "types.pb.h"

namespace notifyd::sim {

using RequestPtr = std::shared_ptr<const ::types::AccessRequest>;
using RecordPtr = std::shared_ptr<const ::types::PluginData>;

class Archive {
 public:
  // `record` may be null: nobody was told of them. IDs count from `first_ms`, 4,096 a millisecond.
  Archive(std::size_t count, std::uint64_t first_ms, RequestPtr model, RecordPtr record);

  std::size_t size() const { return count_; }
  std::string id(std::size_t index) const;  // in order
  // The first whose ID does not come before `key`; size() where there is none.
  std::size_t lower_bound(const std::string& key) const;
  std::optional<std::size_t> find(const std::string& id) const;

  const ::types::AccessRequest& model() const { return *model_; }
  RequestPtr request(std::size_t index) const;
  // As all of them have it; null: they have none. A record is this with its ID for a name.
  const RecordPtr& record() const { return record_; }

 private:
  std::size_t count_;
  std::uint64_t first_ms_;
  RequestPtr model_;
  RecordPtr record_;
};

}  // namespace notifyd::sim
