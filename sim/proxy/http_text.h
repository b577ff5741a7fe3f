// HTTP/1.1 as text: the requests that the proxy's web side gets, none of which has a body, and its
// answers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace notifyd::sim {

struct HttpHead {
  std::string method;
  std::string path;                                 // without the query
  std::multimap<std::string, std::string> headers;  // names in lower case

  // The whole value of one of the headers of this name, as Go compares them.
  bool has(const std::string& lower_case_name, std::string_view value) const;
  std::string first(const std::string& lower_case_name) const;  // "" if there is none
};

// `text` is everything up to the empty line.
HttpHead parse_head(std::string_view text);

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

std::string http_response(int status, const HttpHeaders& headers, std::string_view body);
std::string switching_protocols(const HttpHeaders& headers);

}  // namespace notifyd::sim
