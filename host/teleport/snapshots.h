// Snapshots: of two views of one request, which is the newer? Events and pages of a list reach us
// on different ways and overtake each other; what goes on to the sink must not go back in time.
//
// Why it is right. The stream is open before the list is asked for, so whatever changes after that
// comes as an event, now or later. Therefore
//   * a page's entry for a request that had an event on this stream just before or during the
//     catch-up may be older than that. After a deletion it is left out, since it would raise the
//     dead; else it is passed on unless it goes back, for whoever has not heard of the request yet;
//   * an event may still be older than a page that was read before it arrived. It is left out if it
//     goes back: Teleport never takes back a decision or a review. Otherwise it is passed on, and
//     the stream brings the rest;
//   * most requests of a big cluster have ended and been told, and are only listed. Whether they
//     are still there is nobody's concern, so that nothing of them is kept for longer than an event
//     may lag behind the list;
//   * a request whose item in a list cannot be read is there all the same; an item that does not
//     even tell its ID may be any of those that are missing, so then none of them is gone;
//   * a request that we or a record knew and that no page and no event had is gone, unless the list
//     came from a cache that lags behind: the caller reads the list once more before it believes
//     it.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/engine.h"
#include "teleport/auth.h"
#include "teleport/ended_ids.h"

namespace notifyd::teleport {

// How far Teleport's list may lag behind its events. Generous: leaving out a page's entry costs
// nothing, and that a request is gone is seldom in doubt.
inline constexpr Millis kListLag = std::chrono::seconds(10);

class Snapshots {
 public:
  Snapshots(const Engine& engine, WatchSink& sink) : engine_(engine), sink_(sink) {}

  // Before the first stream of a connection opens. What an older stream said is no reason to
  // distrust a list any more. Events wait until all records are in, so that every record comes
  // before its request.
  void begin_connection();
  void event(const WatchEvent& event);
  // An event or an item of a list that cannot be read says that this request is there.
  void is_there(const std::string& id) { missing_.erase(id); }

  void begin_catch_up();
  void record(const std::string& plugin, const std::string& id, PluginEntry entry);
  void records_told(const std::string& plugin, const ToldRecordsPtr& records);
  void record_unreadable(const std::string& plugin, const std::string& id);
  void records_done();
  // Whether requests that are at rest by their records need not be shown to the sink. To be asked
  // when a catch-up has begun: a case that comes up later has a view that is no older than a page,
  // or will get one from the stream.
  bool settles() const { return sink_.idle(); }
  void page(const std::vector<AccessRequestPtr>& requests);
  void settled(const std::vector<Settled>& requests);  // of a page, too
  // An item of a list cannot be read, and nobody knows whose it is.
  void nameless_item() { incomplete_ = true; }
  // Whether a request is missing that was not missing at the last catch-up, and could be gone.
  bool has_doubtful() const;
  void recheck(const std::vector<AccessRequestPtr>& requests);
  void end_catch_up();
  void give_up_catch_up();  // in place of it: a listing failed

  // That are kept in mind: what waits, and what ended and is not settled.
  std::size_t known() const { return known_.size(); }
  std::size_t listed() const { return listed_; }  // by the last catch-up

 private:
  struct Progress {
    bool resolved = false;
    std::size_t reviews = 0;
  };
  using Ids = std::unordered_set<std::string>;

  bool put(const AccessRequestPtr& request);
  void put_listed(const AccessRequestPtr& request);
  void forget_ended();
  void remove(const std::string& id);
  void pass_on(const WatchEvent& event);
  bool goes_back(const std::string& id, const Progress& now);
  bool had_event(const std::string& id) const { return event_at_.contains(id); }

  const Engine& engine_;
  WatchSink& sink_;
  std::unordered_map<std::string, Progress> known_;  // alive, as the sink knows them
  // Listed as ended, with nothing left to do: no older event takes that back. Not forgotten as long
  // as there may be one.
  EndedIds ended_;
  TimePoint forget_ended_at_ = TimePoint::max();
  std::unordered_map<std::string, TimePoint> event_at_;  // last event on this stream
  std::vector<WatchEvent> held_;  // all, in order: who saw it pending owes who asked an answer
  Ids missing_;                   // candidates: not seen in this catch-up yet
  Ids gone_before_;               // reported as gone by the last catch-up
  std::size_t listed_ = 0;
  bool holding_ = false;
  bool incomplete_ = false;  // nothing that is missing in this catch-up is sure to be gone
};

}  // namespace notifyd::teleport
