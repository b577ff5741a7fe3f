// What the standard library lacks for a server that must misbehave on demand: finding the socket
// behind a connection, which cpp-httplib keeps to itself.
#pragma once

#include <string_view>
#include <vector>

#include "base/fd.h"

namespace notifyd::sim {

// A TCP socket that holds 127.0.0.1:port (0: any) without listening: connections are refused, and
// no other process is given the port. Throws std::runtime_error when the port is taken.
Fd reserve_port(int port);
int local_port(const Fd& socket);

// Duplicates of this process's sockets that were accepted on `port`: of all, or of the one whose
// client has `client_port`. Duplicates, so that a descriptor closed and given to something else
// meanwhile is never touched.
std::vector<Fd> accepted_on(int port);
Fd accepted_on(int port, int client_port);

void shut_down(const Fd& socket);  // both ways; wakes whoever reads from it
void reset(const Fd& socket);      // the peer gets RST
void send_all(const Fd& socket, std::string_view data);
void wait_for_hang_up(const Fd& socket);  // the peer has closed, or shut_down() was called

}  // namespace notifyd::sim
