// One call of Slack's Web API: paced, authenticated, waited for, and its outcome classified.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "args.h"
#include "errors.h"
#include "json.h"
#include "limiter.h"
#include "notify/module.hpp"

namespace slack {

enum class Encoding { kJson, kForm };

struct ApiCall {
  std::string method;
  Args args;  // texts only, when the method takes a form
  Encoding encoding = Encoding::kJson;
  Standing standing{};
  bool at_once = false;  // or not at all: others may need it more
  bool posts = false;    // done twice it shows twice
  std::string channel;   // the one it is about, that it holds up no other; "": none
  // On Host::mono_ms()'s clock; 0: none. Not made after it: somebody else may make it then.
  std::uint64_t until_ms = 0;
};

struct ApiReply {
  Outcome outcome;
  Json body;             // null unless Slack answered with an object
  bool cut_off = false;  // there was an answer, but not a whole one: it may be too large

  bool ok() const { return outcome.ok(); }
};

class Api {
 public:
  // `base` ends with a slash.
  Api(const notify::Host& host, Limiter& limiter, std::string base)
      : host_(host), limiter_(limiter), base_(std::move(base)) {}

  // Waits for its turn, and waits out a 429, for as long as the priority allows in all; what can't
  // be called by then is Kind::kLimited and surely not done.
  // The call outlives the task.
  notify::Task<ApiReply> call(const ApiCall& call);
  notify::Task<ApiReply> call(ApiCall&&) = delete;

  // Whether the token has `scope`; nullopt until Slack has said.
  std::optional<bool> has_scope(std::string_view scope) const;

 private:
  std::optional<std::string> token() const;
  bool is_over(const ApiCall& call) const;
  std::uint32_t timeout_ms(const ApiCall& call) const;
  notify::HttpRequest request(const ApiCall& call, const std::string& token) const;
  void learn_scopes(const notify::HttpResponse& response);
  void say_setup(const Outcome& outcome);
  void log_call(const ApiCall& call, const notify::HttpResponse& response, const ApiReply& reply,
                std::uint64_t ms) const;

  const notify::Host& host_;
  Limiter& limiter_;
  const std::string base_;
  std::string scopes_header_;  // what scopes_ were read from
  std::optional<std::set<std::string, std::less<>>> scopes_;
  std::set<std::string, std::less<>> said_;  // what a person must mend
};

// What an HTTP answer to `call` means. Never throws, whatever is in it. `now_ms`: Unix time, for a
// date in it; 0: not known.
ApiReply classify(const ApiCall& call, const notify::HttpResponse& response,
                  std::int64_t now_ms = 0);

}  // namespace slack
