#include "teleport/skipped_items.h"

#include "base/text.h"

namespace notifyd::teleport {
namespace {

constexpr std::size_t kMaxShown = 100;

const char* message_of(SkippedItem what, const std::string& id) {
  switch (what) {
    case SkippedItem::kRecord:
      if (id.empty()) {
        return "plugin data is listed whose request cannot be told, or all of it is too much for "
               "one message; the plugin data of every Access Request is read by itself";
      }
      return "the plugin data of a request is listed in a form that cannot be read, or is more "
             "than a record of ours, it is read again by itself; if that fails the request is left "
             "alone until it is deleted";
    case SkippedItem::kEvent:
      return "an event of an Access Request cannot be read and is skipped, all others are "
             "followed; look at it with tctl requests get, and deny or delete it there";
    default:
      return "an Access Request cannot be read and is skipped, all others are followed; look at it "
             "with tctl requests get, and deny or delete it there";
  }
}

const char* reason_of(const std::string& id, const std::string& mended) {
  return id == mended ? "it cannot be decoded, or is too big" : "its ID is not UTF-8";
}

}  // namespace

void SkippedItems::add(SkippedItem what, const std::string& id) {
  ++count_;
  if (named_.size() > kMostNamed) return;
  const std::string mended = mend_utf8(id);
  const std::string shown =
      id.empty() ? "without a readable id" : std::string(cut_utf8(mended, kMaxShown));
  if (!named_.emplace(what, shown).second) return;
  if (named_.size() > kMostNamed) {
    log_.warn("more items from Teleport cannot be read; from here on they are only counted");
    return;
  }
  log_.warn(message_of(what, id), {{"request", shown}, {"reason", reason_of(id, mended)}});
}

void SkippedItems::look_at(const AccessRequest& request) {
  const model::LeftOut& rest = request.left_out;
  if (rest == model::LeftOut() || shortened_.size() >= kMostNamed) return;
  if (!shortened_.insert(request.id).second) return;
  log_.warn("an Access Request has longer lists than are read, what is over is left out",
            {{"request", cut_utf8(request.id, kMaxShown)},
             {"roles_left_out", rest.roles},
             {"resources_left_out", rest.resources},
             {"suggested_reviewers_left_out", rest.suggested_reviewers},
             {"reviews_left_out", rest.reviews}});
}

}  // namespace notifyd::teleport
