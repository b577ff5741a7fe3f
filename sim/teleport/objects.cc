#include "sim/teleport/objects.h"

#include <google/protobuf/util/time_util.h>

#include <utility>

namespace notifyd::sim {
namespace {

using ::google::protobuf::util::TimeUtil;

// What Go's zero time is on the wire: the year 1. Real servers send it for times that are not set.
::google::protobuf::Timestamp go_zero_time() {
  ::google::protobuf::Timestamp zero;
  zero.set_seconds(-62135596800);
  return zero;
}

void add_thresholds(const NewRequest& what, ::types::AccessRequest::Spec& spec) {
  ::types::ThresholdIndexSet any_of_them;
  for (const Threshold& threshold : what.thresholds) {
    any_of_them.add_indexes(static_cast<std::uint32_t>(spec.thresholds_size()));
    auto& added = *spec.add_thresholds();
    added.set_approve(threshold.approve);
    added.set_deny(threshold.deny);
  }
  for (const std::string& role : what.roles) {
    auto& added = *spec.add_role_threshold_mapping();
    added.set_key(role);
    *added.mutable_value()->add_sets() = any_of_them;
  }
}

void add_resources(const NewRequest& what, ::types::AccessRequest::Spec& spec) {
  for (const ::types::ResourceID& resource : what.resources) {
    *spec.add_requested_resource_ids() = resource;
    *spec.add_requested_resource_access_ids()->mutable_id() = resource;
  }
}

void add_annotations(const NewRequest& what, ::types::AccessRequest::Spec& spec) {
  for (const auto& [key, values] : what.annotations) {
    auto& added = *spec.mutable_system_annotations()->add_values();
    added.set_key(key);
    added.mutable_value()->mutable_values()->Assign(values.begin(), values.end());
  }
}

void add_times(const NewRequest& what, WallTime now, ::types::AccessRequest::Spec& spec) {
  *spec.mutable_created() = to_timestamp(now);
  *spec.mutable_expires() = to_timestamp(now + what.access_ttl);
  *spec.mutable_max_duration() = go_zero_time();
}

}  // namespace

Keys keys_of(const KeyValues& entries) {
  Keys keys;
  for (const auto& entry : entries) keys.insert_or_assign(entry.key(), entry.value());
  return keys;
}

void set_keys(KeyValues& entries, const Keys& keys) {
  entries.Clear();
  for (const auto& [key, value] : keys) {
    ::types::KeyValue& added = *entries.Add();
    added.set_key(key);
    added.set_value(value);
  }
}

::google::protobuf::Timestamp to_timestamp(WallTime time) {
  using std::chrono::nanoseconds;
  return TimeUtil::NanosecondsToTimestamp(
      std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
}

WallTime from_timestamp(const ::google::protobuf::Timestamp& time) {
  const std::chrono::nanoseconds since_epoch(TimeUtil::TimestampToNanoseconds(time));
  return WallTime(std::chrono::duration_cast<WallTime::duration>(since_epoch));
}

std::shared_ptr<::types::AccessRequest> make_request(const NewRequest& what, std::string id,
                                                     WallTime now) {
  auto request = std::make_shared<::types::AccessRequest>();
  request->set_kind(kAccessRequest);
  request->set_version("v3");
  request->mutable_metadata()->set_name(std::move(id));
  request->mutable_metadata()->set_name_space("default");
  set_keys(*request->mutable_metadata()->mutable_labels(), what.labels);
  auto& spec = *request->mutable_spec();
  spec.set_user(what.user);
  spec.mutable_roles()->Assign(what.roles.begin(), what.roles.end());
  spec.set_state(what.state);
  spec.set_request_reason(what.reason);
  spec.set_resolve_reason(what.resolve_reason);
  spec.mutable_suggested_reviewers()->Assign(what.suggested_reviewers.begin(),
                                             what.suggested_reviewers.end());
  spec.set_request_kind(what.kind);
  add_thresholds(what, spec);
  add_resources(what, spec);
  add_annotations(what, spec);
  add_times(what, now, spec);
  const bool approved = what.state == ::types::APPROVED;
  set_expiry(*request, approved ? spec.expires() : to_timestamp(now + what.ttl));
  return request;
}

WallTime expiry(const ::types::AccessRequest& request) {
  return from_timestamp(request.metadata().expires());
}

void set_expiry(::types::AccessRequest& request, ::google::protobuf::Timestamp when) {
  *request.mutable_spec()->mutable_resource_expiry() = when;
  *request.mutable_metadata()->mutable_expires() = std::move(when);
}

std::optional<Keys> entry_of(const ::types::PluginData& record, const std::string& plugin) {
  const Keys entries = keys_of(record.spec().entries());
  const auto found = entries.find(plugin);
  if (found == entries.end()) return std::nullopt;
  ::types::PluginDataEntry entry;
  entry.ParseFromString(found->second);
  return keys_of(entry.data());
}

std::shared_ptr<::types::PluginData> make_record(const std::string& kind, const std::string& name,
                                                 WallTime expires) {
  auto record = std::make_shared<::types::PluginData>();
  record->set_kind(kPluginData);
  record->set_sub_kind(kind);
  record->set_version("v3");
  record->mutable_metadata()->set_name(name);
  record->mutable_metadata()->set_name_space("default");
  *record->mutable_metadata()->mutable_expires() = to_timestamp(expires);
  record->mutable_spec();
  return record;
}

}  // namespace notifyd::sim
