// From Teleport's wire to the daemon's types. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authservice.pb.h"
#include "teleport/auth.h"
#include "teleport/types.h"
#include "teleport/wire_reader.h"

namespace notifyd::teleport {

// Every item is decoded by itself: what is wrong with one is no fault of the others. What cannot be
// decoded is named by its ID where its metadata still can be. And every item is bounded: what is
// over in a request is left out, and an entry of plugin data that is over counts as one that cannot
// be decoded, because who took part of it for all would lose the rest when writing.

inline constexpr std::size_t kMaxEntry = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxEntryKeys = 1000;

// The answer of ListAccessRequests; nullopt: it cannot be decoded.
std::optional<RequestPage> to_page(WireReader& answer, const AllTold& told = {});
// The older list: each message is a request.
void add_request(RequestPage& page, WireReader& answer);

// nullopt for events that mean nothing to us: other kinds, members that are newer than we are.
Result<std::optional<WatchEvent>> to_event(WireReader& answer);

// The entries of one plugin, by the request they belong to; records without one are left out.
// nullopt: the answer cannot be decoded.
std::optional<RecordList> to_records(WireReader& answer, const std::string& plugin,
                                     const ToldTest& told = nullptr);

Cluster to_cluster(const ::proto::PingResponse& wire);

}  // namespace notifyd::teleport
