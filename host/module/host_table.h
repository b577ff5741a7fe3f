// The C functions that a module calls, each in front of a Guest.
#pragma once

#include "module/guest.h"

namespace notifyd::modules {

struct HostTable {
  static notify_host make(Guest* guest);

 private:
  static Guest& guest(const notify_host* host) { return *static_cast<Guest*>(host->ctx); }

  static void log(const notify_host* host, std::uint32_t level, notify_str line,
                  const notify_kv* fields, std::size_t n_fields);
  static notify_rc config(const notify_host* host, const char* option, std::size_t index,
                          notify_str* out);
  static notify_rc config_entry(const notify_host* host, const char* table, std::size_t entry,
                                std::size_t index, notify_str* key, notify_str* value);
  static std::uint64_t mono_ns(const notify_host* host);
  static std::int64_t unix_ms(const notify_host* host);
  static std::uint64_t http(const notify_host* host, const notify_http_request* request,
                            notify_http_done done, void* user);
  static std::uint64_t timer(const notify_host* host, std::uint32_t after_ms,
                             notify_timer_done done, void* user);
  static void cancel(const notify_host* host, std::uint64_t id);
  static void count(const notify_host* host, const char* metric, double by, const notify_kv* labels,
                    std::size_t n_labels);
  static notify_rc answer(const notify_host* host, notify_ticket ticket,
                          const notify_result* result);
  static const void* extension(const notify_host* host, const char* id);
};

}  // namespace notifyd::modules
