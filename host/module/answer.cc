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

std::string take_recipient(const notify_recipient* theirs, std::vector<Recipient>& taken) {
  if (theirs == nullptr) return "a recipient is NULL; n_recipients counts what is there";
  const auto raw = checked(theirs, "notify_recipient");
  if (!raw) return "a recipient " + raw.error().message;
  if (view(raw->id).empty()) return "a recipient without an id";
  if (const auto wrong = fault(raw->id, kMaxName)) return "a recipient's id " + *wrong;
  if (const auto wrong = fault(raw->label, kMaxName)) return "a recipient's label " + *wrong;
  const auto audience = audience_of(raw->audience);
  if (!audience) {
    return "a recipient's audience is " + std::to_string(raw->audience) +
           ", which this daemon does not know";
  }
  taken.push_back({std::string(view(raw->id)), std::string(view(raw->label)), *audience});
  return "";
}

bool fits(const Recipient& to, std::size_t before) {
  constexpr std::size_t kReserved = 10;
  const bool first = to.audience == Audience::kRequester || to.audience == Audience::kFallback;
  return before < (first ? kMostRecipients : kMostRecipients - kReserved);
}

std::string take_recipients(const notify_result& raw, TakenAnswer& answer) {
  std::vector<Recipient>& taken = answer.answer.recipients;
  if (raw.recipients == nullptr && raw.n_recipients > 0) {
    return "recipients is NULL and n_recipients is not 0";
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < raw.n_recipients; ++i) {
    if (std::string wrong = take_recipient(raw.recipients[i], taken); !wrong.empty()) return wrong;
    if (!ids.insert(taken.back().id).second) {
      return "recipient " + taken.back().id + " is in the answer twice";
    }
    if (!fits(taken.back(), taken.size() - 1)) {
      taken.pop_back();
      ++answer.left_out;
    }
  }
  return "";
}

std::string take_texts(const notify_result& raw, Answer& answer) {
  if (const auto wrong = fault(raw.receipt, kMaxReceipt)) return "the receipt " + *wrong;
  if (const auto wrong = fault(raw.message, kMaxName)) return "the message's name " + *wrong;
  answer.receipt = view(raw.receipt);
  answer.message = view(raw.message);
  if (answer.message.find(',') != std::string::npos) return "the message's name has a comma";
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
    taken.misuse = take_texts(*raw, answer);
    if (taken.misuse.empty()) taken.misuse = take_recipients(*raw, taken);
  }
  if (!taken.misuse.empty()) {
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
