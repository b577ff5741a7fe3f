#include "delivery/digests.h"

#include <charconv>
#include <string_view>

namespace notifyd::delivery {
namespace {

constexpr std::chrono::minutes kQuiet{10};
constexpr std::int64_t kLongestS = 60 * 60;
constexpr std::int64_t kFarFutureS = 100'000'000'000;  // what a record has may be anything
constexpr std::int64_t kForgottenS = 24 * kLongestS;

// "0191-a@1714564800": the first request that joined, and when that was. 0: it says nothing.
std::int64_t begun_s(std::string_view id) {
  const auto at = id.rfind('@');
  if (at == std::string_view::npos) return 0;
  id.remove_prefix(at + 1);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), seconds);
  const bool sane = error == std::errc() && end == id.data() + id.size();
  return sane && seconds > 0 && seconds < kFarFutureS ? seconds : 0;
}

std::int64_t now_s(const Engine& engine) { return unix_ms(engine.wall()) / 1000; }

// Cheap, since all records of a cluster are asked at each listing.
bool may_have_digest(const RecordText& text) {
  const auto ours = text.find("notifyd");
  return ours != text.end() && ours->second.find("\"dig\":") != std::string::npos;
}

}  // namespace

std::string Digests::to_join(const model::Recipient& to, const std::string& requester,
                             const std::string& request_id) {
  if (options_.digest_after == 0 || to.audience != model::Audience::kReviewer) return {};
  if (!around_.sender.notifier().wants_digests()) return {};
  const std::size_t on_the_way = around_.sender.window().announcements(to.id, requester);
  if (on_the_way * 2 < options_.digest_after) return {};
  const auto open = open_.find({to.id, requester});
  if (open != open_.end()) {
    Open& digest = open->second;
    if (young(digest.id) && around_.engine.now() - digest.joined < kQuiet) {
      digest.joined = around_.engine.now();
      return digest.id;
    }
    open_.erase(open);
  }
  if (on_the_way < options_.digest_after) return {};
  return begin(to, requester, request_id);
}

std::string Digests::begin(const model::Recipient& to, const std::string& requester,
                           const std::string& request_id) {
  sweep();
  const std::string id = request_id + "@" + std::to_string(now_s(around_.engine));
  open_[{to.id, requester}] = {id, around_.engine.now()};
  log_.info(
      "many Access Requests of one person wait to be announced: further ones are gathered in one "
      "message ([delivery] digest_after)",
      {{"user", requester}, {"recipient", to.label}, {"digest_after", options_.digest_after}});
  return id;
}

Digest& Digests::get(const std::string& id, const model::Recipient& to,
                     const std::string& requester) {
  return digests_.try_emplace({id, to.id}, around_, id, to, requester).first->second;
}

void Digests::go_on() {
  around_.held = false;
  for (auto& [key, digest] : digests_) digest.go_on();
}

bool Digests::young(const std::string& id) const {
  const std::int64_t age = now_s(around_.engine) - begun_s(id);
  return age >= -kLongestS && age < kLongestS;
}

void Digests::go_on_with(const std::string& id, const model::Recipient& to,
                         const std::string& requester) {
  if (young(id)) open_.try_emplace({to.id, requester}, Open{id, around_.engine.now()});
}

void Digests::note_record(const RecordText& text) {
  if (!may_have_digest(text)) return;
  const Result<Record> record = decode(text);
  if (!record.ok()) return;
  for (const Progress& p : record->recipients) {
    if (p.digest.empty() || !young(p.digest)) continue;
    get(p.digest, p.to, record->request.user).note_receipt(p.receipt);
    go_on_with(p.digest, p.to, record->request.user);
  }
}

void Digests::note(const Progress& p, const model::AccessRequest& request, model::End end) {
  Digest& digest = get(p.digest, p.to, request.user);
  digest.note_receipt(p.receipt);
  digest.note(request, end);
  go_on_with(p.digest, p.to, request.user);
}

void Digests::sweep() {
  const std::int64_t now = now_s(around_.engine);
  std::erase_if(digests_, [now](const auto& entry) {
    return entry.second.at_rest() && now - begun_s(entry.first.first) > kForgottenS;
  });
  std::erase_if(open_, [this](const auto& entry) {
    return !young(entry.second.id) || around_.engine.now() - entry.second.joined >= kQuiet;
  });
}

}  // namespace notifyd::delivery
