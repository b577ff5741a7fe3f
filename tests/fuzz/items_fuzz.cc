// Lists and events from the Auth Service with items that are no good: requesters and other
// programs choose what is in them. The input is the bytes of a list, of records, of an event, and
// of one item.

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "teleport/convert.h"
#include "teleport/request_shape.h"

namespace {

using namespace notifyd;
using namespace notifyd::teleport;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_utf8(const std::string& text) { return mend_utf8(text) == text; }

void check(const AccessRequest& request) {
  require(!request.id.empty() && is_utf8(request.id));
  require(is_utf8(request.user) && is_utf8(request.reason) && is_utf8(request.resolve_reason));
  require(request.created_ms >= 0 && request.expires_ms >= 0 && request.access_expires_ms >= 0);
  require(request.max_duration_ms >= 0 && request.session_ttl_ms >= 0);
  for (const std::string& role : request.roles) require(is_utf8(role));
  for (const std::string& resource : request.resources) require(is_utf8(resource));
  for (const auto& [key, values] : request.annotations) require(is_utf8(key));
  require(request.roles.size() <= 2 * kMaxList && request.resources.size() <= kMaxList);
  require(request.suggested_reviewers.size() <= kMaxList && request.reviews.size() <= kMaxList);
  require(request.resource_details.size() == request.resources.size());
  for (const auto& threshold : request.thresholds) {
    require(is_utf8(threshold.name) && is_utf8(threshold.filter));
    for (const std::uint32_t role : threshold.roles) require(role < request.roles.size());
  }
}

template <class Read>
auto read_message(const std::string& bytes, Read read) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  WireReader reader(in, bytes.size());
  return read(reader);
}

// Every item is a request or is named.
std::optional<RequestPage> page_of(const std::string& bytes) {
  const auto page = read_message(bytes, [](WireReader& reader) { return to_page(reader); });
  ::proto::ListAccessRequestsResponse list;
  if (!page) return page;
  for (const auto& request : page->requests) check(*request);
  require(list.ParseFromString(bytes));
  require(page->requests.size() + page->unreadable.size() ==
          static_cast<std::size_t>(list.access_requests_size()));
  return page;
}

void check_records(const std::string& bytes) {
  const auto records =
      read_message(bytes, [](WireReader& reader) { return to_records(reader, "slack"); });
  if (!records) return;
  for (const auto& [id, entry] : records->entries) {
    require(is_utf8(id) && entry.size() <= kMaxEntryKeys);
  }
}

// Good items around it come through, whatever it is.
void check_neighbours(const std::string& item) {
  ::types::AccessRequest good;
  good.mutable_metadata()->set_name("good");
  good.mutable_spec()->set_user("alice");
  ::proto::ListAccessRequestsResponse list;
  list.add_access_requests(good.SerializeAsString());
  list.add_access_requests(item);
  list.add_access_requests(good.SerializeAsString());
  const auto page = page_of(list.SerializeAsString());
  require(page && page->requests.size() >= 2);
  require(page->requests.front()->user == "alice" && page->requests.back()->user == "alice");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  page_of(input);
  check_records(input);
  const auto event = read_message(input, to_event);
  if (event && *event && (*event)->request) check(*(*event)->request);
  check_neighbours(input);
  return 0;
}
