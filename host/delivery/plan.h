// Plan: what is to be done for a request, from how it is seen now and what the record says was
// done. No clock, no network, no state: a table from (View, Record) to steps, and the whole of what
// "level, not edge" means here. Events, catch-up and restart all end in it.
#pragma once

#include <optional>

#include "delivery/invited.h"
#include "delivery/record.h"
#include "delivery/view.h"

namespace notifyd::delivery {

// Cheap to make, and made anew for each look: it must not outlive a change of the record's ends.
class Plan {
 public:
  // All outlive the plan. Without `invited`, everybody in the record is.
  Plan(const View& view, const Record& record, const Invited* invited = nullptr);

  // How the request ended, for everybody who asks: a decision that was made stays, whatever became
  // of the request later (access ends, the object is deleted); without one, gone means expired.
  End end() const { return end_; }

  // A decision is on record as told, or begun to be, that is not known here.
  bool outdated() const;
  // And the view that is missing is under way. What would be done before it comes would take the
  // decision back, so there is nothing to do: the view that comes looks again.
  bool behind() const { return !view_.gone() && outdated(); }
  End recorded_end() const { return on_record_; }

  // Whether route() is to be asked: the request waits for a decision and nobody knows yet for whom,
  // or what is due next is new to somebody whom only the record names so far.
  bool needs_route() const;

  // The next step for one recipient of the record, if any. The end comes before replies that are
  // still owed: a thread that refuses replies must not keep the message on PENDING.
  std::optional<Step> next(const Progress& recipient) const;

  // Whether there is a next step, once route() has named the recipient.
  bool owes(const Progress& recipient) const;

  // Whether anything at all is left to do from here, claims and waiting times aside.
  bool anything_left() const;

 private:
  bool asked() const { return invited_ == nullptr ? record_.routed : invited_->known(); }
  bool owes_anything() const;
  bool asks_first_for_any() const;
  std::optional<Step> wish(const Progress& recipient) const;

  const View& view_;
  const Record& record_;
  const Invited* const invited_;
  const Progress* const lost_;  // of whom the fallback is to hear next, or null
  const End on_record_;
  const End end_;
};

}  // namespace notifyd::delivery
