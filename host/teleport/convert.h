// From Teleport's wire to the daemon's types. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>

#include "authservice.pb.h"
#include "teleport/auth.h"
#include "teleport/types.h"

namespace notifyd::teleport {

// Every item is decoded by itself: what is wrong with one is no fault of the others. What cannot be
// decoded is named by its ID where its metadata still can be.

// nullopt for events that mean nothing to us: other kinds, members that are newer than we are.
std::optional<WatchEvent> to_event(const ::proto::Event& wire);

RequestPage to_page(const ::proto::ListAccessRequestsResponse& wire);
void add_request(RequestPage& page, const ::types::Item& item);
Cluster to_cluster(const ::proto::PingResponse& wire);

// The entries of one plugin, by the request they belong to; records without one are left out.
RecordList to_records(const ::proto::PluginDataSeq& wire, const std::string& plugin);

}  // namespace notifyd::teleport
