// Whom a request concerns, by name. Which Slack user or channel a name is, the directory knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config.h"
#include "notify/abi.h"

namespace slack {

struct Addressee {
  std::string name;  // as the config or the request wrote it
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
};

// In the order of the config, then suggested reviewers, the requester last; names may repeat.
std::vector<Addressee> addressees(const Config& config, const notify_request& request);

// What chat.postMessage takes for a name that is no e-mail address: ids stay, "dev" becomes "#dev".
std::string channel_of(const std::string& name);

}  // namespace slack
