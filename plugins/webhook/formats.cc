#include "formats.h"

#include <algorithm>
#include <array>

namespace webhook {
namespace {

// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
constexpr std::string_view kSlack =
    R"({"text":"*{{title}}*)"
    R"({{#request.pending}}{{#request.reason}}\n*Reason:* {{request.reason}}{{/request.reason}})"
    R"({{/request.pending}})"
    R"({{#review.reason}}\n*Reason:* {{review.reason}}{{/review.reason}})"
    R"({{#request.resolve_reason}}\n*Reason:* {{request.resolve_reason}})"
    R"({{/request.resolve_reason}})"
    R"({{#lost_why}}\n*Why:* {{lost_why}}{{/lost_why}})"
    R"({{#request.url}}\n<{{&request.url}}|Open the request>{{/request.url}}",)"
    R"("unfurl_links":false})";

// https://developers.mattermost.com/integrate/webhooks/incoming
constexpr std::string_view kMattermost =
    R"({"text":"**{{title}}**)"
    R"({{#request.pending}}{{#request.reason}}\n**Reason:** {{request.reason}}{{/request.reason}})"
    R"({{/request.pending}})"
    R"({{#review.reason}}\n**Reason:** {{review.reason}}{{/review.reason}})"
    R"({{#request.resolve_reason}}\n**Reason:** {{request.resolve_reason}})"
    R"({{/request.resolve_reason}}{{#lost_why}}\n**Why:** {{lost_why}}{{/lost_why}})"
    R"({{#request.url}}\n\n{{&request.url}}{{/request.url}}"})";

// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config: as Alertmanager would
// tell of an alert that fires for as long as the request waits.
constexpr std::string_view kAlertmanager =
    R"({"version":"4","groupKey":"{}:{request=\"{{request.id}}\"}","truncatedAlerts":0,)"
    R"("status":"{{#request.pending}}firing{{/request.pending}})"
    R"({{^request.pending}}resolved{{/request.pending}}",)"
    R"("receiver":{{{recipient}}},"groupLabels":{"request":{{{request.id}}}},)"
    R"("commonLabels":{"alertname":"TeleportAccessRequest","cluster":{{{request.cluster}}},)"
    R"("request":{{{request.id}}},"user":{{{request.user}}}},)"
    R"("commonAnnotations":{"summary":"{{title}}","description":"{{request.reason}}"},)"
    R"("externalURL":"{{request.url}}","alerts":[{)"
    R"("status":"{{#request.pending}}firing{{/request.pending}})"
    R"({{^request.pending}}resolved{{/request.pending}}",)"
    R"("labels":{"alertname":"TeleportAccessRequest","cluster":{{{request.cluster}}},)"
    R"("request":{{{request.id}}},"user":{{{request.user}}}},)"
    R"("annotations":{"summary":"{{title}}","description":"{{request.reason}}"},)"
    R"("startsAt":"{{#request.created_at}}{{request.created_at}}{{/request.created_at}})"
    R"({{^request.created_at}}{{occurred_at}}{{/request.created_at}}",)"
    R"("endsAt":"{{#request.pending}}0001-01-01T00:00:00Z{{/request.pending}})"
    R"({{^request.pending}}{{occurred_at}}{{/request.pending}}",)"
    R"("generatorURL":"{{request.url}}","fingerprint":"{{fingerprint}}"}]})";

constexpr std::array kFormats{Format{"event", Markup::kNone, ""},
                              Format{"slack", Markup::kSlack, kSlack},
                              Format{"mattermost", Markup::kMarkdown, kMattermost},
                              Format{"alertmanager", Markup::kNone, kAlertmanager}};

}  // namespace

const Format* find_format(std::string_view name) {
  const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [name](const Format& f) { return f.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace webhook
