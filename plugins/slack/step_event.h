// What an event asks for, and what a receipt knows of it already. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "limiter.h"
#include "notify/module.hpp"
#include "poster.h"
#include "receipt.h"
#include "recipient.h"

namespace slack {

bool to_requester(const notify_event& event);
std::string label_of(const notify_event& event);  // how people call the recipient
Recipient recipient_of(const notify_event& event);

// In which turn it is done: the post that the event asks for, or something else for it.
Standing standing_of(const notify_event& event);
Standing standing_of(const notify_event& event, Priority priority);
Standing digest_standing(const notify_event& event, Priority priority);

std::uint64_t until_ms(const notify_event& event);  // of Host::mono_ms(); 0: no end

Post post_for(const notify_event& event, Recipient to);  // all but its message

// Which review the event is about, counted from one; 0: none that the request knows.
std::size_t position_of(const notify_event& event);

bool posts(const notify_event& event, const Receipt& receipt);
// Whether the receipt knows that the event's post was made.
bool known_posted(const notify_event& event, const Receipt& receipt);
void note_posted(const notify_event& event, const Target& at, Receipt& receipt);
// Whether its post is followed by something that shows it elsewhere. A review that the host knows
// no more (the request is gone) can be found by its mark, and that is all.
bool shows_after(const notify_event& event);

notify::Answer skipped();  // there was nothing to do

}  // namespace slack
