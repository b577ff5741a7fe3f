#include "module/host_table.h"

#include "module/extensions.h"

namespace notifyd::modules {

notify_host HostTable::make(Guest* guest) {
  notify_host table{};
  table.size = sizeof table;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.abi_minor = NOTIFY_ABI_MINOR;
  table.ctx = guest;
  table.log = &HostTable::log;
  table.config = &HostTable::config;
  table.config_entry = &HostTable::config_entry;
  table.mono_ns = &HostTable::mono_ns;
  table.unix_ms = &HostTable::unix_ms;
  table.http = &HostTable::http;
  table.timer = &HostTable::timer;
  table.cancel = &HostTable::cancel;
  table.count = &HostTable::count;
  table.answer = &HostTable::answer;
  table.extension = &HostTable::extension;
  return table;
}

void HostTable::log(const notify_host* host, std::uint32_t level, notify_str line,
                    const notify_kv* fields, std::size_t n_fields) {
  guest(host).module_log_.write(level, line, fields, n_fields);
}

notify_rc HostTable::config(const notify_host* host, const char* option, std::size_t index,
                            notify_str* out) {
  return guest(host).config_.get(option, index, out);
}

notify_rc HostTable::config_entry(const notify_host* host, const char* table, std::size_t entry,
                                  std::size_t index, notify_str* key, notify_str* value) {
  return guest(host).config_.get_entry(table, entry, index, key, value);
}

std::uint64_t HostTable::mono_ns(const notify_host* host) {
  const auto now = guest(host).loop_->now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::int64_t HostTable::unix_ms(const notify_host* host) {
  return notifyd::unix_ms(guest(host).loop_->wall());
}

std::uint64_t HostTable::http(const notify_host* host, const notify_http_request* request,
                              notify_http_done done, void* user) {
  return guest(host).calls_.http(request, done, user);
}

std::uint64_t HostTable::timer(const notify_host* host, std::uint32_t after_ms,
                               notify_timer_done done, void* user) {
  return guest(host).calls_.timer(after_ms, done, user);
}

void HostTable::cancel(const notify_host* host, std::uint64_t id) { guest(host).calls_.cancel(id); }

void HostTable::count(const notify_host* host, const char* metric, double by,
                      const notify_kv* labels, std::size_t n_labels) {
  guest(host).count(metric, by, labels, n_labels);
}

notify_rc HostTable::answer(const notify_host* host, notify_ticket ticket,
                            const notify_result* result) {
  return guest(host).answer(ticket, result);
}

const void* HostTable::extension(const notify_host*, const char* id) {
  return find_extension(offered_extensions(), id);
}

}  // namespace notifyd::modules
