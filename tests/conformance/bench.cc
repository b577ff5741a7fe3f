#include "bench.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "process_state.h"

namespace conformance {
namespace {

// For a module that answers from a thread of its own.
constexpr std::chrono::milliseconds kRealPatience{1'500};

// What a far side that is pleased may say; a module that wants more must take this for an answer
// all the same.
HttpAnswer obliging() {
  return status(200, R"({"ok":true,"id":"1","channel":"C0000000001","ts":"1700000001.000100"})",
                {{"content-type", "application/json"}});
}

const char* kind_name(std::uint32_t kind) {
  switch (kind) {
    case NOTIFY_REQUEST_PENDING:
      return "REQUEST_PENDING";
    case NOTIFY_REQUEST_REVIEWED:
      return "REQUEST_REVIEWED";
    case NOTIFY_REQUEST_RESOLVED:
      return "REQUEST_RESOLVED";
    case NOTIFY_REQUEST_EXPIRED:
      return "REQUEST_EXPIRED";
    case NOTIFY_GIVEN_UP:
      return "GIVEN_UP";
    case NOTIFY_REQUESTS_DIGEST:
      return "REQUESTS_DIGEST";
    default:
      return "a kind that is not in event_mask";
  }
}

}  // namespace

Bench::Bench(const Target& target, const BenchOptions& options)
    : options_(options),
      host_memory_(options.host),
      code_(target.module),
      info_(read_table_of(target.module, code_.table())),
      host_(std::make_unique<FakeHost>(config_of(target, info_), options.texts)) {
  host_->on_call = &note_host_call;
  host_->respond = [](const HttpCall&) { return std::optional(obliging()); };
}

const notify_host* Bench::placed_table() {
  std::vector<char> bytes(options_.shape.host, '\xA5');
  notify_host table = *host_->table();
  table.size = options_.shape.host;
  table.abi_minor = static_cast<std::uint16_t>(options_.shape.minor);
  std::memcpy(bytes.data(), &table, std::min(bytes.size(), sizeof table));
  return static_cast<const notify_host*>(
      host_memory_.put(bytes.data(), bytes.size(), "notify_host"));
}

Instance& Bench::start() {
  doing("create()");
  instance_ = std::make_unique<Instance>(table(), *host_, placed_table());
  doing("");
  if (!instance_->runs()) {
    const auto error = std::find_if(host_->logs.rbegin(), host_->logs.rend(),
                                    [](const LogLine& l) { return l.level == NOTIFY_LOG_ERROR; });
    throw Failed("create() refuses" +
                 (error == host_->logs.rend()
                      ? std::string(" without a word")
                      : ": " + error->line + "; give it a configuration with --config"));
  }
  return *instance_;
}

void Bench::destroy() {
  doing("destroy()");
  instance_->destroy();
  doing("");
}

std::vector<std::uint32_t> Bench::kinds() const {
  std::vector<std::uint32_t> kinds;
  for (std::uint32_t kind = 0; kind < 64; ++kind) {
    if (kind == NOTIFY_LIST_REVIEW_DUE || (info_.event_mask >> kind & 1U) == 0) continue;
    kinds.push_back(kind);
  }
  return kinds;
}

EventData Bench::event(std::uint32_t kind) {
  EventData data;
  data.kind = kind;
  data.request = RequestData::full();
  const bool fallback = kind == NOTIFY_GIVEN_UP;
  data.audience = fallback ? NOTIFY_TO_FALLBACK : NOTIFY_TO_REVIEWER;
  data.recipient = fallback ? fallback_ : recipient_;
  data.label = data.recipient;
  if (kind == NOTIFY_REQUEST_RESOLVED) data.request.resolution = NOTIFY_APPROVED;
  if (fallback) data.lost = data.lost_why = "somebody";
  return data;
}

std::string Bench::name(Entry entry, std::uint32_t kind) {
  if (entry == Entry::kRoute) return "route()";
  if (entry == Entry::kCheck) return "check()";
  return std::string(entry == Entry::kFind ? "find()" : "deliver()") + " of " + kind_name(kind);
}

notify_ticket Bench::begin(Entry entry, const EventData& data) {
  auto event = std::make_unique<Event>(data, options_.shape, options_.structs, options_.texts);
  const notify_event* const raw = event->get();
  doing(name(entry, data.kind));
  notify_ticket ticket = 0;
  switch (entry) {
    case Entry::kRoute:
      ticket = instance_->route(raw);
      break;
    case Entry::kDeliver:
      ticket = instance_->deliver(raw);
      break;
    case Entry::kFind:
      ticket = instance_->find(raw);
      break;
    case Entry::kCheck:
      ticket = instance_->check();
      break;
  }
  events_[ticket] = std::move(event);
  return ticket;
}

bool Bench::wait(notify_ticket ticket, std::uint64_t ms) {
  const auto answered = [&] { return host_->answered(ticket); };
  if (host_->run_until(answered, ms)) return true;
  const auto end = std::chrono::steady_clock::now() + kRealPatience;
  while (!answered() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    host_->settle();
  }
  return answered();
}

Answered Bench::answer(notify_ticket ticket, const std::string& to) {
  require(wait(ticket), to + " was never answered");
  return host_->answers.at(ticket);
}

Answered Bench::ask(Entry entry, const EventData& data) {
  return answer(begin(entry, data), name(entry, data.kind));
}

void Bench::use() {
  EventData asked = event(NOTIFY_REQUEST_PENDING);
  asked.recipient.clear();
  const Answered routed = ask(Entry::kRoute, asked);
  for (const notify::Recipient& to : routed.answer.recipients) {
    std::string& known = to.audience == NOTIFY_TO_FALLBACK ? fallback_ : recipient_;
    if (known.empty()) known = to.id;
  }
  if (recipient_.empty()) recipient_ = "somebody";
  if (fallback_.empty()) fallback_ = recipient_;
  for (const std::uint32_t kind : kinds()) ask(Entry::kDeliver, event(kind));
}

std::unique_ptr<Bench> used_up(const Target& target) {
  auto bench = std::make_unique<Bench>(target);
  bench->start();
  bench->use();
  bench->destroy();
  return bench;
}

void skip_unless_it_can_go(const Target& target) {
  const std::size_t before = threads();
  const Copy copy(target.module);  // so that the module itself is not mapped yet
  used_up({copy.path(), target.config});
  if (threads() > before) throw Skipped("a thread of it stays; see leaves_no_thread");
  const Copy unused(target.module);
  Code code(unused.path());
  code.unmap();
  if (code.still_mapped()) throw Skipped("it stays mapped anyway; see unloads");
}

void require_class(const Answered& answered, const std::string& to) {
  if (!answered.misuse.empty()) return;  // another case's
  const notify_rc rc = answered.answer.rc;
  require(NOTIFY_CLASS(rc) != NOTIFY_MISUSE, to + " was answered with MISUSE");
  require(NOTIFY_CLASS(rc) <= NOTIFY_CANCELLED && rc <= 0xffffU,
          to + " was answered with a class that abi.h does not have");
}

}  // namespace conformance
