// What the config file says to this module. Reading it is all that creating an instance does.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "notify/module.hpp"
#include "recipient.h"

namespace slack {

struct Config {
  std::string api_url;  // ends with a slash
  bool notify_requester = true;
  bool published_pace = true;
  std::string team_id;  // of the workspace, where the token is an organisation's; "": not said
  std::size_t max_direct_messages = 30;  // of one request; see addressees()
  std::optional<Recipient> fallback;
  std::map<std::string, std::vector<Recipient>, std::less<>> role_to_recipients;

  // Throws std::runtime_error with what to write instead; what else is wrong was logged before.
  static Config read(const notify::Host& host);
};

}  // namespace slack
