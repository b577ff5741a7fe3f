#include "teleport/page_walk.h"

#include <algorithm>

namespace notifyd::teleport {
namespace {

constexpr int kShrink = 8;
constexpr std::size_t kSmall = std::size_t{1} << 20U;
constexpr std::size_t kLarge = std::size_t{8} << 20U;

constexpr char kForwards = '>';
constexpr char kBackwards = '<';
constexpr char kNamed = '=';
constexpr char kUnnamed = '~';
constexpr char kEndOfStop = '\n';

// Sorts before `id` and behind all IDs of its length that do. "": there is none that Teleport would
// take, because keys are UTF-8.
std::string just_before(std::string id) {
  if (id.empty() || id.back() == '\0' || static_cast<unsigned char>(id.back()) >= 0x80U) return "";
  --id.back();
  return id + '~';
}

}  // namespace

void PageSize::begin_list() {
  limit_ = std::min(limit_, kFirst);
  most_ = kMost;
}

void PageSize::page_came(std::size_t bytes) {
  if (bytes < kSmall) limit_ = std::min(2 * limit_, most_);
  if (bytes > kLarge) limit_ = std::max(1, limit_ / 2);
}

bool PageSize::shrink() {
  if (limit_ == 1) {
    most_ = kMost;  // it was this one, not their number
    return false;
  }
  most_ = limit_ / 2;
  limit_ = std::max(1, limit_ / kShrink);
  return true;
}

PageKey PageKey::parse(const std::string& page) {
  const std::size_t end = page.find(kEndOfStop);
  if (page.size() < 3 || end == std::string::npos) return {};
  return {page[0] == kBackwards, page[1] == kNamed, page.substr(end + 1), page.substr(2, end - 2)};
}

std::string PageKey::text() const {
  return std::string{backwards ? kBackwards : kForwards, names_first ? kNamed : kUnnamed}
      .append(stop)
      .append(1, kEndOfStop)
      .append(key);
}

std::string PageKey::next(const std::string& server_key) const {
  if (server_key.empty() || (backwards && server_key <= stop)) return "";
  return PageKey{backwards, true, server_key, stop}.text();
}

RequestPage PageKey::around() const {
  RequestPage page;
  if (names_first) {
    page.unreadable.push_back(key);
    page.next = behind();
  } else if (!backwards) {
    page.unreadable.emplace_back();
    page.next = PageKey{true, false, "", key}.text();
  }
  return page;
}

std::string PageKey::behind() const {
  if (!backwards) return PageKey{false, false, key + '\0', stop}.text();
  const std::string before = just_before(key);
  return before <= stop ? "" : PageKey{true, false, before, stop}.text();
}

}  // namespace notifyd::teleport
