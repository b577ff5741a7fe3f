#include "module/answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text.h"
#include "module/abi_text.h"
#include "module/sized.h"

namespace notifyd::modules {
namespace {

using model::Audience;
using model::Recipient;

constexpr std::size_t kMaxReceipt = 4096;
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxDetail = 1024;
constexpr std::size_t kMaxShown = 64;

struct RcName {
  notify_rc rc;
  std::string_view name;
};
constexpr std::array kNames{
    RcName{NOTIFY_OK, "OK"},
    RcName{NOTIFY_OK_SKIPPED, "OK_SKIPPED"},
    RcName{NOTIFY_RETRY, "RETRY"},
    RcName{NOTIFY_RETRY_LIMITED, "RETRY_LIMITED"},
    RcName{NOTIFY_RETRY_OFFLINE, "RETRY_OFFLINE"},
    RcName{NOTIFY_RETRY_UNSURE, "RETRY_UNSURE"},
    RcName{NOTIFY_DROP, "DROP"},
    RcName{NOTIFY_DROP_RECIPIENT, "DROP_RECIPIENT"},
    RcName{NOTIFY_DROP_PAYLOAD, "DROP_PAYLOAD"},
    RcName{NOTIFY_BROKEN, "BROKEN"},
    RcName{NOTIFY_BROKEN_AUTH, "BROKEN_AUTH"},
    RcName{NOTIFY_BROKEN_CONFIG, "BROKEN_CONFIG"},
    RcName{NOTIFY_CANCELLED, "CANCELLED"},
    RcName{NOTIFY_MISUSE, "MISUSE"},
};

std::string_view exact_name(notify_rc rc) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [rc](const RcName& n) { return n.rc == rc; });
  return found == kNames.end() ? std::string_view() : found->name;
}

// Why this text cannot go into a record; nothing when it can.
std::optional<std::string> fault(notify_str text, std::size_t max) {
  const std::string_view v = view(text);
  if (v.size() > max) {
    return "has " + std::to_string(v.size()) + " bytes, at most " + std::to_string(max) +
           " are allowed";
  }
  if (std::any_of(v.begin(), v.end(), is_control)) return "has a control character";
  if (mend_utf8(std::string(v)) != v) return "is not UTF-8";
  return std::nullopt;
}

std::optional<Audience> audience_of(std::uint32_t number) {
  switch (number) {
    case NOTIFY_TO_REVIEWER:
      return Audience::kReviewer;
    case NOTIFY_TO_REQUESTER:
      return Audience::kRequester;
    case NOTIFY_TO_LIST_OWNER:
      return Audience::kListOwner;
    case NOTIFY_TO_FALLBACK:
      return Audience::kFallback;
    default:
      return std::nullopt;
  }
}

// Why nothing can be sent there, or kept of it in the record; nothing when it can.
std::optional<std::string> recipient_fault(const notify_recipient& raw) {
  if (view(raw.id).empty()) return "has no id";
  if (const auto wrong = fault(raw.id, kMaxName)) return "has an id that " + *wrong;
  if (const auto wrong = fault(raw.label, kMaxName)) return "has a label that " + *wrong;
  if (!audience_of(raw.audience)) {
    return "has the audience " + std::to_string(raw.audience) + ", which this daemon does not know";
  }
  return std::nullopt;
}

std::string name_of(const notify_recipient& raw) {
  const std::string_view name = view(view(raw.label).empty() ? raw.id : raw.label);
  return "recipient \"" + one_line(name, kMaxShown) + "\" ";
}

bool fits(const Recipient& to, std::size_t before) {
  constexpr std::size_t kReserved = 10;
  const bool first = to.audience == Audience::kRequester || to.audience == Audience::kFallback;
  return before < (first ? kMostRecipients : kMostRecipients - kReserved);
}

std::string take_recipient(const notify_recipient* theirs, std::set<std::string>& ids,
                           TakenAnswer& taken) {
  if (theirs == nullptr) return "a recipient is NULL; n_recipients counts what is there";
  const auto raw = checked(theirs, "notify_recipient");
  if (!raw) return "a recipient " + raw.error().message;
  if (const auto wrong = recipient_fault(*raw)) {
    taken.left_out.push_back(name_of(*raw) + *wrong);
    return "";
  }
  Recipient recipient{std::string(view(raw->id)), std::string(view(raw->label)),
                      *audience_of(raw->audience)};
  if (!ids.insert(recipient.id).second) {
    taken.left_out.push_back(name_of(*raw) + "has the id of another");
  } else if (!fits(recipient, taken.answer.recipients.size())) {
    ++taken.beyond_most;
  } else {
    taken.answer.recipients.push_back(std::move(recipient));
  }
  return "";
}

// An answer of recipients that are all unusable would be "nobody", which is an answer too.
std::string take_recipients(const notify_result& raw, TakenAnswer& taken) {
  if (raw.recipients == nullptr && raw.n_recipients > 0) {
    return "recipients is NULL and n_recipients is not 0";
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < raw.n_recipients; ++i) {
    if (std::string wrong = take_recipient(raw.recipients[i], ids, taken); !wrong.empty()) {
      return wrong;
    }
  }
  if (taken.left_out.empty() || !ids.empty()) return "";
  return "no recipient can be used, " + taken.left_out.front();
}

// The receipt is how the module finds its message again: without it, whether it was done is in
// doubt. The message's name is for people and other programs, and nothing is repeated for it.
std::string take_texts(const notify_result& raw, TakenAnswer& taken) {
  if (const auto wrong = fault(raw.receipt, kMaxReceipt)) return "the receipt " + *wrong;
  taken.answer.receipt = view(raw.receipt);
  if (const auto wrong = fault(raw.message, kMaxName)) {
    taken.left_out.push_back("the message's name " + *wrong);
  } else if (view(raw.message).find(',') != std::string_view::npos) {
    taken.left_out.emplace_back("the message's name has a comma");
  } else {
    taken.answer.message = view(raw.message);
  }
  return "";
}

notify_rc known(notify_rc rc) {
  return exact_name(NOTIFY_CLASS(rc)).empty() ? notify_rc{NOTIFY_RETRY} : rc;
}

}  // namespace

TakenAnswer take_answer(const notify_result* theirs) {
  TakenAnswer taken;
  Answer& answer = taken.answer;
  if (const auto raw = checked(theirs, "notify_result"); !raw) {
    taken.misuse = "the result " + raw.error().message;
  } else {
    answer.rc = known(raw->rc);
    answer.retry_after_ms = raw->retry_after_ms;
    answer.whole_instance = raw->whole_instance != 0;
    answer.detail = one_line(view(raw->detail), kMaxDetail);
    taken.misuse = take_recipients(*raw, taken);
    if (taken.misuse.empty()) taken.misuse = take_texts(*raw, taken);
  }
  if (!taken.misuse.empty()) {
    taken.left_out.clear();
    taken.beyond_most = 0;
    answer = Answer{};
    answer.rc = NOTIFY_MISUSE;
    answer.detail = "the module broke its contract: " + taken.misuse;
  }
  return taken;
}

std::string_view rc_name(notify_rc rc) {
  const std::string_view exact = exact_name(rc);
  return exact.empty() ? exact_name(NOTIFY_CLASS(known(rc))) : exact;
}

}  // namespace notifyd::modules
