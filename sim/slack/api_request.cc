#include "sim/slack/api_request.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace notifyd::sim {
namespace {

constexpr std::size_t kLongestArgumentName = 64;
constexpr std::string_view kApi = "/api/";
constexpr std::string_view kBearer = "Bearer ";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct ContentType {
  std::string type;
  std::string charset;
};

ContentType content_type_of(const HttpRequest& http) {
  const std::string header = lower(http.header("content-type"));
  const std::string_view view = header;
  ContentType result{std::string(trimmed(view.substr(0, view.find(';')))), ""};
  const std::size_t charset = view.find("charset=");
  if (charset == std::string_view::npos) return result;
  const std::string_view value = view.substr(charset + std::string_view("charset=").size());
  result.charset = trimmed(value.substr(0, value.find(';')));
  std::erase(result.charset, '"');
  return result;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// nullopt: a broken %-escape.
std::optional<std::string> form_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    result.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return result;
}

std::optional<Json> parse_form(std::string_view body) {
  Json fields = Json::object();
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = form_decoded(pair.substr(0, equals));
    const auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    fields[*name] = *value;
  }
  return fields;
}

Json fields_of(const std::multimap<std::string, std::string>& pairs) {
  Json fields = Json::object();
  for (const auto& [name, value] : pairs) fields[name] = value;
  return fields;
}

std::string take_token(Json& fields) {
  const std::string token = fields.value("token", "");
  fields.erase("token");
  return token;
}

std::string read_json(const HttpRequest& http, const ContentType& type, bool json_method,
                      ApiRequest& request) {
  if (type.charset.empty()) request.warnings.emplace_back("missing_charset");
  if (!type.charset.empty() && type.charset != "utf-8" && type.charset != "iso-8859-1") {
    return "invalid_charset";
  }
  if (http.body.empty() || !json_method) return "";
  Json parsed = Json::parse(http.body, nullptr, false);
  if (parsed.is_discarded()) return "invalid_json";
  if (!parsed.is_object()) return "json_not_object";
  parsed.erase("token");  // ignored there, but it must not get into the journal either
  request.args = Args(std::move(parsed));
  return "";
}

void read_fields(Json fields, ApiRequest& request) {
  const std::string token = take_token(fields);
  if (request.token.empty()) request.token = token;
  request.args = Args(std::move(fields));
}

std::string read_form(const HttpRequest& http, const ContentType& type, ApiRequest& request) {
  if (!type.charset.empty()) request.warnings.emplace_back("superfluous_charset");
  std::optional<Json> fields = parse_form(http.body);
  if (!fields) return "invalid_form_data";
  read_fields(std::move(*fields), request);
  return "";
}

std::string read_post(const HttpRequest& http, bool json_method, ApiRequest& request) {
  const ContentType type = content_type_of(http);
  if (!http.complete) return "request_timeout";
  if (type.type == "application/json") return read_json(http, type, json_method, request);
  if (type.type == "application/x-www-form-urlencoded") return read_form(http, type, request);
  if (type.type == "multipart/form-data") return read_fields(fields_of(http.parts), request), "";
  if (http.body.empty()) return "";
  return type.type.empty() ? "missing_post_type" : "invalid_post_type";
}

std::string read_get(const HttpRequest& http, bool read_method, ApiRequest& request) {
  if (!read_method) return "invalid_post_type";
  Json fields = fields_of(http.query);
  fields.erase("token");  // a token in a URL is not taken
  request.args = Args(std::move(fields));
  return "";
}

bool is_argument_name(std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  };
  return name.size() <= kLongestArgumentName && std::all_of(name.begin(), name.end(), allowed);
}

bool names_are_good(const Json& args) {
  for (const auto& [name, value] : args.items()) {
    if (!is_argument_name(name)) return false;
  }
  return true;
}

std::string bearer_token(const HttpRequest& http) {
  const std::string header = http.header("authorization");
  return header.starts_with(kBearer) ? header.substr(kBearer.size()) : "";
}

}  // namespace

std::string method_name(const HttpRequest& http) {
  return http.path.starts_with(kApi) ? http.path.substr(kApi.size()) : "";
}

ApiRequest parse_api_request(const HttpRequest& http, bool json_method, bool read_method) {
  ApiRequest request;
  request.method = method_name(http);
  request.token = bearer_token(http);
  request.error = http.method == "GET" ? read_get(http, read_method, request)
                                       : read_post(http, json_method, request);
  if (request.error.empty() && !names_are_good(request.args.all())) {
    request.error = "invalid_arg_name";
  }
  return request;
}

}  // namespace notifyd::sim
