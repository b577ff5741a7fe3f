// The Auth Service as the daemon uses it. Implementations: GrpcAuth here, fakes in tests.
// Everything runs on the engine's thread; a destroyed task cancels its call.
//
// Errors: kDenied the role of our identity lacks a rule, kConflict compare-and-swap lost,
// kNotFound no such request, kUnimplemented the server is too old, kInvalid refused as it is,
// kUnavailable and kTimeout try again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "notify/task.hpp"
#include "teleport/told_records.h"
#include "teleport/types.h"

namespace notifyd::teleport {

template <class T>
using Task = notify::Task<T>;

// Where the record of a request lives. The server compares `expect` key by key ("" = absent), then
// writes `set` key by key ("" = delete); keys named in neither stay.
class PluginData {
 public:
  virtual ~PluginData() = default;
  // No record: an empty entry. kDamaged: there is one that cannot be decoded.
  virtual Task<Result<PluginEntry>> read(std::string request_id, std::string plugin) = 0;
  virtual Task<Result<>> write(std::string request_id, std::string plugin, PluginEntry set,
                               PluginEntry expect) = 0;
};

// The items of a list that are no good, each as the ID of its request, or "" where that cannot be
// read either. An ID that is not UTF-8 is no good: Teleport makes none, and it would go on into
// JSON, into the log and to modules.
using Unreadable = std::vector<std::string>;

struct RequestPage {
  std::vector<AccessRequestPtr> requests;
  std::vector<Settled> settled;  // what is not in `requests`, since all that was told says so
  Unreadable unreadable;
  std::string next;  // "" on the last page
};

struct RecordList {
  std::map<std::string, PluginEntry> entries;  // by request; those that are not in `told`
  Unreadable unreadable;
  ToldRecords told;
};

struct WatchEvent {
  enum class Kind { kInit, kPut, kDelete, kUnreadable } kind = Kind::kInit;
  AccessRequestPtr request;  // kPut
  std::string id;            // kDelete; kUnreadable, as in Unreadable
};

// One open event stream. Destroying it cancels the call.
class EventStream {
 public:
  virtual ~EventStream() = default;
  // The next event, or why there are no more. A stream that ends without error is kUnavailable too.
  virtual Task<Result<WatchEvent>> next() = 0;
};

// One proven connection with one identity.
class AuthSession : public PluginData {
 public:
  virtual Task<Result<Cluster>> ping() = 0;
  virtual std::unique_ptr<EventStream> watch() = 0;
  // A request of which all of `told` says that it is at rest as it is comes as Settled. Empty: none
  // does.
  virtual Task<Result<RequestPage>> list(std::string page, AllTold told) = 0;
  // Records of every request that has an entry of this plugin, gone requests included. `told` says
  // of which not all is kept; empty: of none.
  virtual Task<Result<RecordList>> list_records(std::string plugin, ToldTest told) = 0;
};

// Reads the identity from its files and connects with it; the answer is ready to use, pinged.
class Dialer {
 public:
  struct Connected {
    std::shared_ptr<AuthSession> session;
    Cluster cluster;
    IdentityFacts identity;
  };
  virtual ~Dialer() = default;
  virtual Task<Result<Connected>> dial() = 0;
  // Whether the identity's files differ from those that the last dial() read, and could be used.
  virtual bool identity_changed() = 0;
  // Calls `work`, not from within this, whenever they may have been replaced; until another call.
  // That it is not called means nothing.
  virtual void watch_identity(std::function<void()> work) = 0;
};

// Who is told what the Watcher learns: the dispatcher. Calls come on the engine's thread, in order;
// none may destroy the Watcher.
class WatchSink {
 public:
  virtual ~WatchSink() = default;

  // Nobody waits for news of any request, so that one that is settled need not be shown.
  virtual bool idle() const = 0;

  // A new connection stands. Until connection_lost, `session` is what records are read and written
  // with.
  virtual void connected(std::shared_ptr<AuthSession> session, const Cluster& cluster) = 0;
  virtual void connection_lost() = 0;

  // Catch-up after connected() and at each resync: started, then all records of every plugin that
  // was asked for, then the requests page by page, then done. Requests whose record came and that
  // no page had are reported as gone before catch_up_done.
  virtual void catch_up_started() = 0;
  virtual void record(const std::string& plugin, const std::string& request_id,
                      PluginEntry entry) = 0;
  // In place of record(), once for all of this plugin's that owe nothing as they are.
  virtual void records_told(const std::string& plugin, ToldRecordsPtr records) = 0;
  // There is a record, but not as it was listed: it must be read by itself. Request "": of one that
  // is not known, so that no request without a record is sure to have none.
  virtual void record_unreadable(const std::string& plugin, const std::string& request_id) = 0;
  // All records of this catch-up have come: a request without one has none.
  virtual void records_listed() = 0;
  virtual void catch_up_done() = 0;
  virtual void catch_up_failed() = 0;  // in place of done; it is tried again later

  // The request as it is now (event or page), or gone (deleted or expired). Whether anything is
  // left to be done for it: that it goes later on is news then.
  virtual bool request(AccessRequestPtr request) = 0;
  virtual void gone(const std::string& request_id) = 0;
};

}  // namespace notifyd::teleport
