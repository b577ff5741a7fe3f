// Cluster: what the daemon says about the cluster that a subject belongs to.
#pragma once

#include <memory>
#include <string>

namespace notifyd::model {

struct Cluster {
  std::string name;
  std::string version;
  std::string web_url;  // "https://proxy.example.com", or "" where web links make no sense
};

using ClusterPtr = std::shared_ptr<const Cluster>;

}  // namespace notifyd::model
