// From an HTTP request to a method, a token and arguments, by Slack's rules for content types,
// charsets and where a token may stand.
#pragma once

#include <string>
#include <vector>

#include "sim/http/http_server.h"
#include "sim/slack/args.h"

namespace notifyd::sim {

struct ApiRequest {
  std::string method;
  std::string token;  // never in args
  Args args;
  std::vector<std::string> warnings;
  std::string error;  // why the request cannot be read; "" if it can
};

ApiRequest parse_api_request(const HttpRequest& http, bool json_method, bool read_method);

std::string method_name(const HttpRequest& http);  // "" outside of /api/

}  // namespace notifyd::sim
