// RecordingSink: what the watcher told, one line a call, in order.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "teleport/auth.h"

namespace notifyd::teleport {

using model::End;

inline std::string state_text(End end) {
  static constexpr const char* kNames[] = {"PENDING", "EXPIRED", "APPROVED", "PROMOTED", "DENIED"};
  return kNames[static_cast<int>(end)];
}

class RecordingSink final : public WatchSink {
 public:
  bool idle() const override { return false; }
  void connected(std::shared_ptr<AuthSession> session, const Cluster& cluster) override {
    session_ = std::move(session);
    lines.push_back("connected " + cluster.name);
  }
  void connection_lost() override {
    session_.reset();
    lines.emplace_back("lost");
  }
  void catch_up_started() override { lines.emplace_back("start"); }
  void record(const std::string& plugin, const std::string& id, PluginEntry entry) override {
    lines.push_back("record " + plugin + " " + id + " " + entry["user"]);
  }
  void records_told(const std::string& plugin, ToldRecordsPtr records) override {
    if (records->size() == 0) return;
    lines.push_back("told " + plugin + " " + std::to_string(records->size()));
  }
  void record_unreadable(const std::string& plugin, const std::string& id) override {
    lines.push_back("unreadable record " + plugin + " " + id);
  }
  void records_listed() override {}
  void catch_up_failed() override {}
  void catch_up_done() override { lines.emplace_back("done"); }
  bool request(AccessRequestPtr request) override {
    lines.push_back(request->id + " " + state_text(request->end));
    return !at_rest.contains(request->id);
  }
  void gone(const std::string& id) override { lines.push_back("gone " + id); }

  // What came since the last time.
  std::vector<std::string> take() { return std::exchange(lines, {}); }
  std::shared_ptr<AuthSession> session() const { return session_; }

  std::vector<std::string> lines;
  std::set<std::string> at_rest;  // of which it says that nothing is left to do

 private:
  std::shared_ptr<AuthSession> session_;
};

inline AccessRequestPtr make_request(std::string id, End end, std::size_t reviews = 0) {
  auto request = std::make_shared<AccessRequest>();
  request->id = std::move(id);
  request->end = end;
  request->reviews.resize(reviews);
  return request;
}

inline WatchEvent put(std::string id, End end, std::size_t reviews = 0) {
  return {WatchEvent::Kind::kPut, make_request(std::move(id), end, reviews), ""};
}

inline WatchEvent removed(std::string id) {
  return {WatchEvent::Kind::kDelete, nullptr, std::move(id)};
}

}  // namespace notifyd::teleport
