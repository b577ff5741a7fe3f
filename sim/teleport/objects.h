// Teleport's objects as messages: made, and read.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/teleport/cluster.h"
#include "types.pb.h"

namespace notifyd::sim {

inline constexpr const char* kAccessRequest = "access_request";
inline constexpr const char* kAccessList = "access_list";
inline constexpr const char* kPluginData = "plugin_data";
inline constexpr const char* kAccessPluginData = "access_plugin_data";

// Entries of a key and a value: the last one with a key counts.
using KeyValues = ::google::protobuf::RepeatedPtrField<::types::KeyValue>;
Keys keys_of(const KeyValues& entries);
void set_keys(KeyValues& entries, const Keys& keys);

::google::protobuf::Timestamp to_timestamp(WallTime time);
WallTime from_timestamp(const ::google::protobuf::Timestamp& time);

// As the Auth Service stores it: with every member that the server fills.
std::shared_ptr<::types::AccessRequest> make_request(const NewRequest& what, std::string id,
                                                     WallTime now);

// When the object, pending or resolved, goes away.
WallTime expiry(const ::types::AccessRequest& request);
void set_expiry(::types::AccessRequest& request, ::google::protobuf::Timestamp when);

// One plugin's keys in a record; none where it has no entry.
std::optional<Keys> entry_of(const ::types::PluginData& record, const std::string& plugin);

// An empty record of this subject.
std::shared_ptr<::types::PluginData> make_record(const std::string& kind, const std::string& name,
                                                 WallTime expires);

}  // namespace notifyd::sim
