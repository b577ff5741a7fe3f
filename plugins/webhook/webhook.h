// Posts each event to its endpoints. What was posted can't be changed, so reviews and the end of a
// request are posts of their own.
//
// Whether an unsure post arrived can't be asked: there is no find(). Every post has the same id in
// all attempts (Idempotency-Key, and "id" in the body), by which a receiver may tell a repeat.
#pragma once

#include <string>
#include <vector>

#include "config.h"
#include "notify/http_status.hpp"
#include "notify/module.hpp"
#include "turns.h"

namespace webhook {

class Webhook {
 public:
  explicit Webhook(notify::Host& host);  // throws std::runtime_error

  notify::Task<notify::Answer> route(const notify_event& event);
  notify::Task<notify::Answer> deliver(const notify_event& event);
  void abandon() { turns_.end(); }

 private:
  std::vector<std::string> endpoints_for(const notify_request& request) const;
  std::optional<std::string> url_of(std::string_view endpoint) const;
  std::optional<notify::HttpRequest> request(const notify_event& event, std::string url) const;
  bool sign(notify::HttpRequest& request) const;
  notify::Answer judged(const notify::HttpResponse& response, const std::string& endpoint);
  bool is_over(const notify_event& event) const;

  const notify::Host& host_;
  const Config config_;
  Turns turns_;
};

}  // namespace webhook
