#include "sim/page/view.h"

#include <algorithm>

#include "sim/slack/emoji.h"
#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

// What one page can hold; the newest are shown.
constexpr std::size_t kMostRequests = 100;
constexpr std::size_t kMostMessages = 500;

Json user_view(const SlackUser& user) {
  return {{"id", user.id},
          {"name", user.name},
          {"real_name", user.real_name},
          {"email", user.email},
          {"is_bot", user.is_bot}};
}

const char* kind_name(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kPrivate:
      return "private";
    case ChannelKind::kIm:
      return "im";
    case ChannelKind::kPublic:
      break;
  }
  return "public";
}

Json message_view(const SlackMessage& message) {
  Json reactions = Json::array();
  for (const Reaction& each : message.reactions) {
    reactions.push_back({{"name", each.name}, {"count", each.users.size()}});
  }
  return {{"channel", message.channel}, {"ts", message.ts},
          {"user", message.user},       {"text", message.text},
          {"blocks", message.blocks},   {"thread_ts", message.thread_ts},
          {"edited", message.edited},   {"edits", message.edits()},
          {"reactions", reactions},     {"literal", message.literal}};
}

Json review_view(const ::types::AccessReview& review) {
  return {{"author", review.author()},
          {"state", state_name(review.proposed_state())},
          {"reason", review.reason()},
          {"created_ms", unix_ms(from_timestamp(review.created()))}};
}

std::string resource_text(const ::types::ResourceID& id) {
  return "/" + id.cluster_name() + "/" + id.kind() + "/" + id.name();
}

template <class Items, class View>
Json array_of(const Items& items, View view) {
  Json array = Json::array();
  for (const auto& item : items) array.push_back(view(item));
  return array;
}

Json request_view(const ::types::AccessRequest& request) {
  const auto& spec = request.spec();
  return {{"id", request.metadata().name()},
          {"user", spec.user()},
          {"roles", array_of(spec.roles(), [](const std::string& role) { return role; })},
          {"state", state_name(spec.state())},
          {"reason", spec.request_reason()},
          {"resolve_reason", spec.resolve_reason()},
          {"created_ms", unix_ms(from_timestamp(spec.created()))},
          {"expires_ms", unix_ms(expiry(request))},
          {"suggested_reviewers",
           array_of(spec.suggested_reviewers(), [](const std::string& name) { return name; })},
          {"resources", array_of(spec.requested_resource_ids(), resource_text)},
          {"reviews", array_of(spec.reviews(), review_view)}};
}

// Newest first. IDs of requests sort by age only where the cluster made them in order.
bool newer(const RequestPtr& a, const RequestPtr& b) {
  return from_timestamp(a->spec().created()) > from_timestamp(b->spec().created());
}

}  // namespace

Json slack_view(const Workspace& workspace) {
  std::vector<SlackMessage> messages = workspace.all_messages();
  std::sort(messages.begin(), messages.end(),
            [](const SlackMessage& a, const SlackMessage& b) { return a.ts < b.ts; });
  if (messages.size() > kMostMessages) {
    messages.erase(messages.begin(), messages.end() - static_cast<long>(kMostMessages));
  }
  const auto channel = [](const SlackChannel& each) {
    return Json{
        {"id", each.id}, {"name", each.name}, {"kind", kind_name(each.kind)}, {"user", each.user}};
  };
  return {{"team", workspace.team().name},
          {"bot", workspace.bot().user_id},
          {"users", array_of(workspace.users(), user_view)},
          {"channels", array_of(workspace.channels(), channel)},
          {"messages", array_of(messages, message_view)}};
}

Json cluster_view(const Cluster& cluster) {
  std::vector<RequestPtr> requests = cluster.requests();
  std::reverse(requests.begin(), requests.end());
  std::stable_sort(requests.begin(), requests.end(), newer);
  if (requests.size() > kMostRequests) requests.resize(kMostRequests);
  return {
      {"name", cluster.options().name},
      {"requests", array_of(requests, [](const RequestPtr& each) { return request_view(*each); })}};
}

Json emoji_view() {
  Json map = Json::object();
  for (const Emoji& each : all_emoji()) map[std::string(each.name)] = each.utf8;
  return map;
}

const char* state_name(::types::RequestState state) {
  switch (state) {
    case ::types::PENDING:
      return "PENDING";
    case ::types::APPROVED:
      return "APPROVED";
    case ::types::DENIED:
      return "DENIED";
    case ::types::PROMOTED:
      return "PROMOTED";
    default:
      return "NONE";
  }
}

::types::RequestState state_named(const std::string& name) {
  if (name == "APPROVED") return ::types::APPROVED;
  return name == "DENIED" ? ::types::DENIED : ::types::NONE;
}

}  // namespace notifyd::sim
