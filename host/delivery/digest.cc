#include "delivery/digest.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace notifyd::delivery {
namespace {

using model::End;

constexpr std::size_t kNewest = 10;
// What a member keeps of its request.
constexpr std::size_t kRoles = 3;
constexpr std::size_t kRoleBytes = 64;

std::vector<std::string> some(const std::vector<std::string>& roles) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < std::min(roles.size(), kRoles); ++i) {
    kept.emplace_back(cut_utf8(roles[i], kRoleBytes));
  }
  return kept;
}

std::size_t& count_of(End end, model::Digest& digest) {
  switch (end) {
    case End::kNone:
      return digest.pending;
    case End::kDenied:
      return digest.denied;
    case End::kExpired:
      return digest.expired;
    case End::kApproved:
    case End::kPromoted:
      break;
  }
  return digest.approved;
}

bool found(const modules::Answer& answer) {
  return NOTIFY_CLASS(answer.rc) == NOTIFY_OK && answer.rc != NOTIFY_OK_SKIPPED;
}

}  // namespace

// A place among those who wait, given up when the coroutine that waits is destroyed.
class Digest::Place {
 public:
  Place(Digest& digest, std::uint64_t number) : digest_(digest), number_(number) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    digest_.waiting_.erase(number_);
    digest_.asked_.erase(number_);
  }

 private:
  Digest& digest_;
  const std::uint64_t number_;
};

Digest::Digest(const Surroundings& around, std::string id, model::Recipient to,
               std::string requester)
    : around_(around),
      id_(std::move(id)),
      to_(std::move(to)),
      requester_(std::move(requester)),
      timer_(around.engine) {}

void Digest::note(const model::AccessRequest& request, End end) {
  members_[request.id] = {end, request.created_ms, some(request.roles)};
}

bool Digest::at_rest() const {
  return !busy_ && waiting_.empty() && std::ranges::none_of(members_, [](const auto& member) {
    return member.second.end == End::kNone;
  });
}

// ---- Who waits ----

notify::Task<modules::Answer> Digest::tell(Question question) {
  notify::Reply<modules::Answer> reply;
  const std::uint64_t number = ++last_;
  waiting_.emplace(number, Waiting{std::move(question), reply.to()});
  const Place place(*this, number);
  line_up();
  modules::Answer answer = co_await reply;
  co_return answer;
}

void Digest::line_up() {
  if (around_.held || busy_ || due_ || waiting_.empty()) return;
  due_ = true;
  const auto left = std::chrono::ceil<Millis>(not_before_ - around_.engine.now());
  timer_.start(std::max(left, Millis(0)), [this] { begin(); });
}

void Digest::begin() {
  due_ = false;
  if (around_.held || waiting_.empty()) return;
  busy_ = true;
  asked_ = std::exchange(waiting_, {});
  asking_.run(ask());
}

void Digest::answer_all(const modules::Answer& answer) {
  busy_ = false;
  not_before_ = around_.engine.now() + kBetweenDigests;
  modules::Answer each = answer;
  while (!asked_.empty()) {
    const auto next = asked_.extract(asked_.begin());
    next.mapped().to(each);  // may take others out of asked_
    each.repeated = true;
  }
  line_up();
}

// ---- Asking the module ----

notify::Task<> Digest::ask() {
  modules::Notifier& notifier = around_.sender.notifier();
  modules::Answer answer;
  if (searches()) {
    answer.rc = NOTIFY_DROP;  // what a module that can't find would say
    if (notifier.can_find()) {
      modules::Event sought = event();
      auto finding = notifier.find(std::move(sought));
      answer = co_await finding;
    }
    keep(answer);
    if (!found(answer) || receipt_.empty()) {
      answer_all(answer);
      co_return;
    }
  }
  if (asked_.empty()) {  // they all left meanwhile
    answer_all({});
    co_return;
  }
  // What was found may lack some of those who wait.
  modules::Event told = event();
  auto delivering = notifier.deliver(std::move(told));
  answer = co_await delivering;
  keep(answer);
  answer_all(answer);
}

// Where it is not known whether there is a message, those who only want to be told of wait until it
// is. Where there is one, telling anew is as good as looking.
bool Digest::searches() {
  const auto searches = [](const auto& one) { return one.second.question.search; };
  if (!receipt_.empty() || std::ranges::none_of(asked_, searches)) return false;
  for (auto one = asked_.begin(); one != asked_.end();) {
    const auto next = std::next(one);
    if (!searches(*one)) waiting_.insert(asked_.extract(one));
    one = next;
  }
  return true;
}

void Digest::keep(const modules::Answer& answer) {
  if (!answer.receipt.empty()) receipt_ = answer.receipt;
}

modules::Event Digest::event() const {
  modules::Event event;
  event.recipient = to_;
  event.occurred_ms = unix_ms(around_.engine.wall());
  event.deadline = TimePoint::max();
  for (const auto& [number, one] : asked_) {
    event.deadline = std::min(event.deadline, one.question.deadline());
    event.attempt = std::max(event.attempt, one.question.attempt);
  }
  event.key = around_.sender.name() + "/" + id_ + "/" + to_.id + "/digest";
  event.receipt = receipt_;
  event.cluster = around_.cluster;
  event.digest = content();
  return event;
}

model::DigestPtr Digest::content() const {
  auto digest = std::make_shared<model::Digest>();
  digest->user = requester_;
  std::vector<std::map<std::string, Member>::const_iterator> pending;
  for (auto member = members_.begin(); member != members_.end(); ++member) {
    ++count_of(member->second.end, *digest);
    if (member->second.end == End::kNone) pending.push_back(member);
  }
  const auto shown = pending.begin() + std::min<std::ptrdiff_t>(std::ssize(pending), kNewest);
  std::partial_sort(pending.begin(), shown, pending.end(), [](const auto& a, const auto& b) {
    return std::pair(a->second.created_ms, a->first) > std::pair(b->second.created_ms, b->first);
  });
  for (auto member = pending.begin(); member != shown; ++member) {
    model::AccessRequest request;
    request.id = (*member)->first;
    request.user = requester_;
    request.roles = (*member)->second.roles;
    request.created_ms = (*member)->second.created_ms;
    digest->newest.push_back(std::make_shared<const model::AccessRequest>(std::move(request)));
  }
  return digest;
}

}  // namespace notifyd::delivery
