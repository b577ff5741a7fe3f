// KnownRecords: the records that a catch-up has listed, so that a case need not read its own. A
// wrong guess costs one lost compare-and-swap.
//
// [engine thread]
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "delivery/record_codec.h"
#include "teleport/told_records.h"

namespace notifyd::delivery {

class KnownRecords {
 public:
  void begin();  // a catch-up
  void add(const std::string& id, RecordText text);
  void add_told(teleport::ToldRecordsPtr told) { told_ = std::move(told); }
  // This record was listed but cannot be decoded, so its case reads it again. An empty id: the
  // request is unknown, so a request without a listed record may have one after all.
  void add_unreadable(const std::string& id);
  // A request without one has none. Says nothing where the catch-up was under way before this was:
  // then ours were not asked for.
  void all_listed() { all_listed_ = active_ && !one_unknown_; }
  void end();

  // What the record of this request has told, if nothing else of it was kept and no case of it has
  // been here since.
  std::optional<teleport::Told> told(const std::string& id) const;

  // The record of this request, once; nothing where it has to be read. `is_new`: made a moment ago,
  // so that nobody can have written a record of it.
  std::optional<RecordText> take(const std::string& id, bool is_new);

  // A case of it ended just now: what was listed of it may be older than what is there.
  void outdate(const std::string& id);

 private:
  std::unordered_map<std::string, RecordText> listed_;
  teleport::ToldRecordsPtr told_ = std::make_shared<teleport::ToldRecords>();
  std::unordered_set<std::string> outdated_;
  bool active_ = false;
  bool all_listed_ = false;
  bool one_unknown_ = false;
};

}  // namespace notifyd::delivery
