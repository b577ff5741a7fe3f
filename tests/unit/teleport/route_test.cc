#include "teleport/route.h"

#include <gtest/gtest.h>

namespace notifyd::teleport {
namespace {

TEST(Route, TheProtocolNamesTheClusterByItsBytesInHex) {
  EXPECT_EQ(auth_protocol("example.com"),
            "teleport-auth@6578616d706c652e636f6d.teleport.cluster.local");
  EXPECT_EQ(auth_protocol("\xc3\xa4"), "teleport-auth@c3a4.teleport.cluster.local");
}

TEST(Route, AnAddressIsAHostAndAPort) {
  EXPECT_EQ(host_of("teleport.example.com:443"), "teleport.example.com");
  EXPECT_EQ(port_of("teleport.example.com:443"), "443");
  EXPECT_EQ(host_of("[::1]:3080"), "::1");
  EXPECT_EQ(port_of("[::1]:3080"), "3080");
}

}  // namespace
}  // namespace notifyd::teleport
