// FakeCluster: what a Watcher sees of Teleport, without a network: each answer takes a millisecond
// of the fake engine's time, so that a test can act between any two of them.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_engine.h"
#include "teleport/auth.h"
#include "unit/teleport/recording_sink.h"

namespace notifyd::teleport {

class FakeStream;

class FakeCluster final : public Dialer {
 public:
  explicit FakeCluster(Engine& cluster_engine) : engine(cluster_engine) {}

  // ---- What the test arranges ----
  Engine& engine;
  std::map<std::string, AccessRequestPtr> requests;
  std::map<std::string, std::map<std::string, PluginEntry>> records;  // plugin, request
  Unreadable unreadable, unreadable_records;  // come with each page, and each list of records
  std::size_t page_size = 1000;
  bool send_init = true;
  bool identity_is_new = false;
  std::function<void()> identity_touched;  // set while somebody wants to know
  IdentityFacts identity;
  std::optional<Error> dial_error, watch_error, list_error, records_error;
  std::function<void()> before_page;  // runs when a page has been read but not yet answered

  // ---- What it saw ----
  int dials = 0;
  std::vector<std::string> calls;
  std::vector<FakeStream*> streams;  // open ones, oldest first

  void emit(const WatchEvent& event);
  void break_streams(const Error& error);

  // ---- Dialer ----
  Task<Result<Connected>> dial() override;
  bool identity_changed() override { return identity_is_new; }
  void watch_identity(std::function<void()> work) override { identity_touched = std::move(work); }
};

class FakeStream final : public EventStream {
 public:
  explicit FakeStream(FakeCluster& cluster) : cluster_(cluster) {
    cluster_.streams.push_back(this);
    error_ = cluster_.watch_error;
    if (cluster_.send_init) events_.push_back({});
  }
  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;
  ~FakeStream() override { std::erase(cluster_.streams, this); }

  Task<Result<WatchEvent>> next() override {
    co_await sleep(cluster_.engine, Millis(1));
    while (events_.empty() && !error_) co_await changed_;
    if (error_) co_return *error_;
    WatchEvent event = std::move(events_.front());
    events_.pop_front();
    co_return event;
  }

  void push(const WatchEvent& event) {
    events_.push_back(event);
    changed_.set();
  }
  void fail(const Error& error) {
    error_ = error;
    changed_.set();
  }

 private:
  FakeCluster& cluster_;
  std::deque<WatchEvent> events_;
  std::optional<Error> error_;
  notify::Signal changed_;
};

class FakeSession final : public AuthSession {
 public:
  explicit FakeSession(FakeCluster& cluster) : cluster_(cluster) {}

  Task<Result<Cluster>> ping() override { co_return Cluster{"example", "18.0.0", ""}; }
  std::unique_ptr<EventStream> watch() override { return std::make_unique<FakeStream>(cluster_); }

  Task<Result<RequestPage>> list(std::string page, AllTold) override {
    cluster_.calls.push_back("list " + page);
    RequestPage out = read_page(page);
    const std::optional<Error> error = cluster_.list_error;
    if (cluster_.before_page) cluster_.before_page();
    co_await sleep(cluster_.engine, Millis(1));
    if (error) co_return *error;
    co_return out;
  }

  Task<Result<RecordList>> list_records(std::string plugin, ToldTest) override {
    cluster_.calls.push_back("records " + plugin);
    co_await sleep(cluster_.engine, Millis(1));
    if (cluster_.records_error) co_return *cluster_.records_error;
    co_return RecordList{cluster_.records[plugin], cluster_.unreadable_records, {}};
  }

  Task<Result<PluginEntry>> read(std::string, std::string) override { co_return PluginEntry{}; }
  Task<Result<>> write(std::string, std::string, PluginEntry, PluginEntry) override {
    co_return Done{};
  }

 private:
  RequestPage read_page(const std::string& first) const {
    RequestPage page{{}, {}, cluster_.unreadable, ""};
    auto at = cluster_.requests.lower_bound(first);
    for (; at != cluster_.requests.end() && page.requests.size() < cluster_.page_size; ++at) {
      page.requests.push_back(at->second);
    }
    if (at != cluster_.requests.end()) page.next = at->first;
    return page;
  }

  FakeCluster& cluster_;
};

inline void FakeCluster::emit(const WatchEvent& event) {
  if (event.request) {
    requests[event.request->id] = event.request;
  } else if (event.kind == WatchEvent::Kind::kDelete) {
    requests.erase(event.id);
  }
  for (FakeStream* stream : std::vector(streams)) stream->push(event);
}

inline void FakeCluster::break_streams(const Error& error) {
  for (FakeStream* stream : std::vector(streams)) stream->fail(error);
}

inline Task<Result<Dialer::Connected>> FakeCluster::dial() {
  ++dials;
  identity_is_new = false;
  co_await sleep(engine, Millis(1));
  if (dial_error) co_return *dial_error;
  Cluster info{"c" + std::to_string(dials), "18.0.0", ""};
  co_return Connected{std::make_shared<FakeSession>(*this), std::move(info), identity};
}

}  // namespace notifyd::teleport
