// Invited: whom route() has named in this process for one request. A record names what was done; it
// gives no orders, for all who may write plugin data in the cluster may have written it. Who gets
// anything new (the announcement, the verdict, a report) is therefore asked of route() again in
// each process that has such a thing to send, and in it as often as a case begins anew. Whom it
// does not name gets edits of, and replies to, what stands.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "delivery/record.h"

namespace notifyd::delivery {

class Invited {
 public:
  bool known() const { return known_; }  // it was asked
  bool no_reviewer() const;              // was named: who asked may be told, and the fallback

  void take(std::vector<model::Recipient> answer);

  struct Admitted {
    bool taken_over = false;   // from teleport-slack, which has announced it
    std::string labels;        // of those who were not in the record, for the log
    std::size_t left_out = 0;  // the record cannot take them
    std::size_t removed = 0;   // nothing was done for them, and route() does not name them
  };
  // Lays it over a record as it was read: who is in it by the id, or by the name that became
  // another id before, keeps what was done. Who is in it, has nothing and is not invited, is
  // removed. To be done again whenever the record came to say something else. `pending`: reviewers
  // who are not in it are still to be told, unless all who are in it have been.
  Admitted admit(Record& record, bool pending);

  // As whom a recipient of the record is told something new, by its id there; null: as nobody.
  const model::Recipient* as(const std::string& id) const;

 private:
  std::vector<std::size_t> match(Record& record);
  void settle_uninvited(Record& record, Admitted& admitted) const;
  const model::Recipient* named(const std::string& id) const;

  bool known_ = false;
  std::vector<model::Recipient> answer_;
  std::vector<std::uint32_t> by_id_;            // positions in it, sorted
  std::map<std::string, std::size_t> renamed_;  // positions in it, by the id in the record
};

// What a recipient is to be called to whom nothing new is said: by its receipt, which no module
// takes for an address.
model::Recipient as_message(const Progress& recipient);

}  // namespace notifyd::delivery
