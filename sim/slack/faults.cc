#include "sim/slack/faults.h"

#include <algorithm>

namespace notifyd::sim {
namespace {

constexpr std::string_view kJsonBody = R"({"ok":false,"error":"internal_error"})";
constexpr std::string_view kHtmlBody =
    "<!DOCTYPE html><html><head><title>Service unavailable</title></head>"
    "<body><h1>Something went wrong</h1></body></html>";

}  // namespace

Fault Fault::http(int status, Body body) {
  Fault fault(Kind::kHttp);
  fault.status_ = status;
  fault.content_type_ =
      body == Body::kJson ? "application/json; charset=utf-8" : "text/html; charset=utf-8";
  if (body == Body::kJson) fault.body_ = kJsonBody;
  if (body == Body::kHtml) fault.body_ = kHtmlBody;
  return fault;
}

Fault Fault::code(std::string error) {
  Fault fault(Kind::kCode);
  fault.error_ = std::move(error);
  return fault;
}

Fault Fault::truncated_json() { return Fault(Kind::kTruncated); }
Fault Fault::wrong_length() { return Fault(Kind::kWrongLength); }
Fault Fault::no_answer() { return Fault(Kind::kNoAnswer); }
Fault Fault::reset() { return Fault(Kind::kReset); }

Fault Fault::delay(std::chrono::milliseconds time) {
  Fault fault(Kind::kDelay);
  fault.time_ = time;
  return fault;
}

Fault Fault::redirect(std::string location) {
  Fault fault = http(302, Body::kEmpty);
  fault.location_ = std::move(location);
  return fault;
}

Fault Fault::rate_limited(std::optional<std::string> retry_after) {
  Fault fault = http(429);
  fault.body_ = R"({"ok":false,"error":"ratelimited"})";
  fault.error_ = "ratelimited";
  fault.retry_after_ = std::move(retry_after);
  return fault;
}

int Faults::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  const int number = ++last_number_;
  rules_.push_back(Rule{number, std::move(fault)});
  return number;
}

void Faults::remove(int rule) {
  const std::lock_guard lock(mutex_);
  std::erase_if(rules_, [rule](const Rule& each) { return each.number == rule; });
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  rules_.clear();
}

void Faults::seed(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  random_.seed(seed);
}

int Faults::hits(int rule) const {
  const std::lock_guard lock(mutex_);
  const auto found = hits_.find(rule);
  return found == hits_.end() ? 0 : found->second;
}

std::optional<Fault> Faults::draw(std::string_view method, std::string_view channel) {
  const std::lock_guard lock(mutex_);
  for (Rule& rule : rules_) {
    const Fault& fault = rule.fault;
    if (!fault.method_.empty() && fault.method_ != method) continue;
    if (!fault.channel_.empty() && fault.channel_ != channel) continue;
    if (strikes(rule)) return fault;
  }
  return std::nullopt;
}

bool Faults::strikes(Rule& rule) {
  const Fault& fault = rule.fault;
  const int times = fault.times_.value_or(fault.nth_ > 0 ? 1 : 0);
  if (++rule.seen < fault.nth_ || (times > 0 && rule.struck >= times)) return false;
  if (!std::bernoulli_distribution(fault.probability_)(random_)) return false;
  ++rule.struck;
  ++hits_[rule.number];
  return true;
}

}  // namespace notifyd::sim
