#include "step_event.h"

#include <algorithm>

#include "message.h"
#include "routing.h"

namespace slack {
namespace {

using notify::Answer;
using notify::view;

// Of the post that the event asks for. Who asked knows that they did.
Priority priority_of(const notify_event& event) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
      return to_requester(event) ? Priority::kReply : Priority::kAnnouncement;
    case NOTIFY_REQUEST_REVIEWED:
      return Priority::kReply;
    case NOTIFY_GIVEN_UP:
      return Priority::kAnswer;
    case NOTIFY_REQUESTS_DIGEST:
      return Priority::kAnnouncement;
    default:
      return to_requester(event) ? Priority::kAnswer : Priority::kFinalEdit;
  }
}

// The steps by their names in a mark.
std::string_view step_name(const notify_event& event) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
      return "announce";
    case NOTIFY_REQUEST_REVIEWED:
      return "reply";
    case NOTIFY_GIVEN_UP:
      return "given-up";
    default:
      return to_requester(event) ? "verdict" : "result";
  }
}

Mark mark_of(const notify_event& event) {
  Mark mark;
  mark.request_id = view(event.request->id);
  mark.recipient = view(event.recipient);
  mark.step = step_name(event);
  mark.key = view(event.key);
  return mark;
}

bool same(const notify_review& a, const notify_review& b) {
  return a.created_ms == b.created_ms && a.proposed == b.proposed &&
         view(a.author) == view(b.author) && view(a.reason) == view(b.reason);
}

}  // namespace

bool to_requester(const notify_event& event) { return event.audience == NOTIFY_TO_REQUESTER; }

std::string label_of(const notify_event& event) {
  const bool named = NOTIFY_HAS(&event, label) && event.label.len > 0;
  return std::string(named ? view(event.label) : address_of(view(event.recipient)));
}

Recipient recipient_of(const notify_event& event) {
  return Recipient::of_id(address_of(view(event.recipient)));
}

Standing standing_of(const notify_event& event, Priority priority) {
  if (event.request == nullptr) return digest_standing(event, priority);
  return {priority, std::string(view(event.request->user))};
}

Standing standing_of(const notify_event& event) { return standing_of(event, priority_of(event)); }

std::uint64_t until_ms(const notify_event& event) { return event.deadline_ns / 1'000'000; }

Post post_for(const notify_event& event, Recipient to) {
  Post post;
  post.to = std::move(to);
  post.mark = mark_of(event);
  post.until_ms = until_ms(event);
  post.standing = standing_of(event);
  return post;
}

std::size_t position_of(const notify_event& event) {
  if (event.review == nullptr) return 0;
  const notify_request& request = *event.request;
  for (std::size_t i = request.n_reviews; i > 0; --i) {
    const notify_review* review = request.reviews[i - 1];
    if (review == event.review || same(*review, *event.review)) return i;
  }
  return 0;
}

bool posts(const notify_event& event, const Receipt& receipt) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
    case NOTIFY_GIVEN_UP:
      return true;
    case NOTIFY_REQUEST_REVIEWED:
      return receipt.announced();
    default:
      return to_requester(event) && state_of(event) != State::kPending;
  }
}

bool known_posted(const notify_event& event, const Receipt& receipt) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
      return receipt.announced();
    case NOTIFY_REQUEST_REVIEWED: {
      const std::size_t position = position_of(event);
      return position > 0 && receipt.replies >= position;
    }
    case NOTIFY_GIVEN_UP:
      return false;  // a receipt is a recipient's, and each loss has its own post
    default:
      return receipt.told == state_name(state_of(event));
  }
}

void note_posted(const notify_event& event, const Target& at, Receipt& receipt) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
      receipt.channel = at.channel;
      receipt.ts = at.ts;
      break;
    case NOTIFY_REQUEST_REVIEWED:
      receipt.replies = std::max(receipt.replies, position_of(event));
      break;
    case NOTIFY_GIVEN_UP:
      break;
    default:
      receipt.told = state_name(state_of(event));
  }
}

bool shows_after(const notify_event& event) {
  if (event.kind == NOTIFY_REQUEST_REVIEWED) return event.review != nullptr;
  return event.kind != NOTIFY_GIVEN_UP;
}

Answer skipped() {
  Answer answer;
  answer.rc = NOTIFY_OK_SKIPPED;
  return answer;
}

}  // namespace slack
