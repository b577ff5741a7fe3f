// Events for a module to be told: what they say as plain values, and the structs of the ABI that
// say it, in memory that can be guarded and taken back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "memory.h"
#include "notify/abi.h"
#include "shape.h"

namespace conformance {

struct ReviewData {
  std::string author = "bob@example.com", reason = "fine";
  std::uint32_t proposed = NOTIFY_APPROVED;
};

struct RequestData {
  std::string id = "11111111-2222-3333-4444-555555555555", cluster = "example.teleport.sh",
              user = "alice@example.com", user_email, reason, resolve_reason, url;
  std::uint32_t resolution = NOTIFY_UNRESOLVED, kind = NOTIFY_KIND_SHORT_TERM;
  std::int64_t created_ms = 1'700'000'000'000, expires_ms = 0, access_starts_ms = 0,
               access_expires_ms = 0, max_duration_ms = 0, session_ttl_ms = 0;
  std::vector<std::string> roles{"editor"}, logins, resources, suggested, rule_recipients;
  std::map<std::string, std::vector<std::string>> annotations, traits;
  std::vector<ReviewData> reviews;
  bool thresholds = false, promoted = false;

  static RequestData full();
  static RequestData bare();     // id, cluster and user are all that is known
  static RequestData hostile();  // by somebody who wants to break what shows it
};

struct EventData {
  std::uint32_t kind = NOTIFY_REQUEST_PENDING, audience = NOTIFY_TO_REVIEWER, attempt = 0;
  std::string key, recipient, label, receipt, lost, lost_why;
  std::uint64_t deadline_ns = 0;
  RequestData request{};
  bool knows_review = true;  // false: as find() may be asked, when only the record is left
};

// An event, for as long as this lives.
class Event {
 public:
  explicit Event(const EventData& data, const Shape& shape = kShapeNow,
                 Guard structs = Guard::kNone, Guard texts = Guard::kNone);

  const notify_event* get() const { return event_; }
  // Whoever still looks at it dies of it.
  void forbid();

 private:
  template <class T>
  const T* place(T whole, std::uint32_t size, const char* what);
  template <class T>
  const T* const* pointers(const std::vector<const T*>& items, const char* what);
  notify_str text(const std::string& text) { return texts_.text(text); }
  const notify_str* list(const std::vector<std::string>& items);
  const notify_annotation* map(const std::map<std::string, std::vector<std::string>>& items);

  const notify_review* review(const ReviewData& data);
  const notify_resource* resource(const std::string& name);
  const notify_threshold* threshold();
  const notify_access_list* access_list();
  void say_texts(notify_request& request, const RequestData& data);
  void say_lists(notify_request& request, const RequestData& data);
  void say_details(notify_request& request, const RequestData& data);
  const notify_request* request(const RequestData& data);
  const notify_digest* digest(const RequestData& data);

  const Shape shape_;
  Memory structs_, texts_;
  std::vector<const notify_review*> reviews_;
  const notify_event* event_ = nullptr;
};

}  // namespace conformance
