// What a failed call means, in words that say what to do.
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "base/result.h"

namespace notifyd::teleport {

// One method of Teleport's proto.AuthService, as errors speak of it.
struct Rpc {
  std::string_view name;
  std::string_view needs;  // "list and read on access_request"
};

inline constexpr Rpc kPing{"Ping", ""};
inline constexpr Rpc kWatch{"WatchEvents", "read on access_request"};
inline constexpr Rpc kList{"ListAccessRequests", "list and read on access_request"};
inline constexpr Rpc kListV2{"GetAccessRequestsV2", "list and read on access_request"};
inline constexpr Rpc kReadData{"GetPluginData", "list and read on access_plugin_data"};
inline constexpr Rpc kWriteData{"UpdatePluginData", "update on access_plugin_data"};

// `status` is not OK.
Error rpc_error(const Rpc& rpc, const grpc::Status& status);

}  // namespace notifyd::teleport
