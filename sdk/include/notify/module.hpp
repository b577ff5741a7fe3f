// notify/module.hpp - C++20 comfort over notify/abi.h. Header only and compiled into the module, so
// a module's compiler and standard library never have to match the host's.
//
//   class Mail {
//    public:
//     explicit Mail(notify::Host& host);                                // throws: create() refuses
//     notify::Task<notify::Answer> route(const notify_event& event);
//     notify::Task<notify::Answer> deliver(const notify_event& event);
//     notify::Task<notify::Answer> find(const notify_event& event);     // optional
//     notify::Task<notify::Answer> check();                             // optional
//     void abandon();                                                   // optional
//     static const void* extension(std::string_view id);                // optional; any thread
//   };
//   NOTIFY_MODULE(Mail, "mail", "1.0", kEvents, kOptions)
//
// A constructor that finds several things wrong with its options logs each at NOTIFY_LOG_ERROR and
// throws with the last: all of them are shown, each where the option is written that it begins
// with. An option that is required and wrong is not set then, see create() in abi.h.
//
// Each call runs as a coroutine on the instance's thread. The event lives until the coroutine has
// returned its answer; an exception that escapes becomes NOTIFY_RETRY_UNSURE with its text, so
// throw nothing that holds a secret.
//
// abandon() says that the daemon is stopping, for all that is open and all that may still come, and
// may say it more than once: what is under way goes on, what only waits for its turn is to answer
// NOTIFY_RETRY now. Resuming the coroutines that wait is how to do that, and is fine inside of it.
#ifndef NOTIFY_MODULE_HPP
#define NOTIFY_MODULE_HPP

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "notify/abi.h"
#include "notify/task.hpp"

namespace notify {

inline notify_str to_str(std::string_view s) noexcept {
  return {s.data() ? s.data() : "", s.size()};
}
inline std::string_view view(notify_str s) noexcept { return {s.ptr ? s.ptr : "", s.len}; }

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET", url, body;
  Pairs headers;
  std::uint32_t timeout_ms = 0;
};

struct HttpResponse {
  std::uint32_t outcome = NOTIFY_HTTP_NOT_SENT, status = 0;
  std::string body, error;
  Pairs headers;  // keys in lower case

  std::string_view header(std::string_view key) const noexcept {
    for (const auto& [k, v] : headers) {
      if (k == key) return v;
    }
    return {};
  }
};

struct Recipient {
  std::string id, label;
  std::uint32_t audience = NOTIFY_TO_REVIEWER;
};

struct Answer {
  notify_rc rc = NOTIFY_OK;
  std::string receipt, message, detail;
  std::uint32_t retry_after_ms = 0;
  bool whole_instance = false;
  std::vector<Recipient> recipients;
};

// One field of a log line.
struct LogField {
  std::string_view key;
  std::string_view value;
};

// The host's table with C++ types. One per instance, handed to the module's constructor; it
// outlives the module object.
class Host {
 public:
  explicit Host(const notify_host* table) noexcept : table_(table) {}
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void log(std::uint32_t level, std::string_view line,
           std::initializer_list<LogField> fields = {}) const {
    std::vector<notify_kv> kv;
    kv.reserve(fields.size());
    for (const LogField& f : fields) kv.push_back({to_str(f.key), to_str(f.value)});
    table_->log(table_, level, to_str(line), kv.data(), kv.size());
  }

  // nullopt: not set (or, for a secret, its file cannot be read now).
  std::optional<std::string> option(const char* name) const {
    notify_str out{};
    if (table_->config(table_, name, 0, &out) != NOTIFY_OK) return std::nullopt;
    return std::string(view(out));
  }
  bool flag(const char* name) const { return option(name) == "true"; }
  std::vector<std::string> list(const char* name) const {
    std::vector<std::string> values;
    for (notify_str out{}; table_->config(table_, name, values.size(), &out) == NOTIFY_OK;) {
      values.emplace_back(view(out));
    }
    return values;
  }
  std::map<std::string, std::vector<std::string>, std::less<>> table(const char* name) const {
    std::map<std::string, std::vector<std::string>, std::less<>> entries;
    notify_str key{};
    notify_str value{};
    for (std::size_t entry = 0;; ++entry) {
      notify_rc rc = table_->config_entry(table_, name, entry, 0, &key, &value);
      if (rc != NOTIFY_OK && rc != NOTIFY_OK_SKIPPED) return entries;
      auto& values = entries[std::string(view(key))];
      while (rc == NOTIFY_OK) {
        values.emplace_back(view(value));
        rc = table_->config_entry(table_, name, entry, values.size(), &key, &value);
      }
    }
  }

  std::uint64_t mono_ms() const { return table_->mono_ns(table_) / 1'000'000U; }
  std::int64_t unix_ms() const { return table_->unix_ms(table_); }

  Task<HttpResponse> http(HttpRequest request) const {
    Call<HttpResponse> call{table_, {}, 0};
    std::vector<notify_kv> headers;
    headers.reserve(request.headers.size());
    for (const auto& [key, value] : request.headers)
      headers.push_back({to_str(key), to_str(value)});
    notify_http_request raw{};
    raw.size = sizeof raw;
    raw.timeout_ms = request.timeout_ms;
    raw.method = to_str(request.method);
    raw.url = to_str(request.url);
    raw.body = to_str(request.body);
    raw.headers = headers.data();
    raw.n_headers = headers.size();
    call.id = table_->http(table_, &raw, &on_http, &call);
    HttpResponse response = co_await call.reply;
    call.id = 0;
    co_return response;
  }

  Task<> sleep(std::uint32_t ms) const {
    Call<bool> call{table_, {}, 0};
    call.id = table_->timer(table_, ms, &on_timer, &call);
    co_await call.reply;
    call.id = 0;
  }

  void count(const char* metric, double by = 1) const {
    if (NOTIFY_HAS(table_, count) && table_->count) table_->count(table_, metric, by, nullptr, 0);
  }

  // Host functions beyond abi.h, e.g. extension<notify_review_v0>("notify.review/0"). nullptr: this
  // host has none of that id and revision.
  template <class T>
  const T* extension(const char* id) const {
    return static_cast<const T*>(table_->extension(table_, id));
  }

  const notify_host* table() const noexcept { return table_; }

 private:
  // Cancels what is under way when the waiting coroutine is destroyed.
  template <class T>
  struct Call {
    const notify_host* table;
    Reply<T> reply;
    std::uint64_t id;
    ~Call() {
      if (id != 0) table->cancel(table, id);
    }
  };

  static void on_http(void* user, const notify_http_response* raw) {
    HttpResponse response;
    response.outcome = raw->outcome;
    response.status = raw->status;
    response.body = view(raw->body);
    response.error = view(raw->error);
    for (std::size_t i = 0; i < raw->n_headers; ++i) {
      response.headers.emplace_back(view(raw->headers[i].key), view(raw->headers[i].value));
    }
    auto* call = static_cast<Call<HttpResponse>*>(user);
    call->id = 0;
    call->reply.to()(std::move(response));
  }

  static void on_timer(void* user) {
    auto* call = static_cast<Call<bool>*>(user);
    call->id = 0;
    call->reply.to()(true);
  }

  const notify_host* table_;
};

namespace detail {

inline void answer(const notify_host* host, notify_ticket ticket, const Answer& a) {
  std::vector<notify_recipient> recipients;
  recipients.reserve(a.recipients.size());
  for (const Recipient& r : a.recipients) {
    recipients.push_back({sizeof(notify_recipient), r.audience, to_str(r.id), to_str(r.label)});
  }
  std::vector<const notify_recipient*> pointers;
  pointers.reserve(recipients.size());
  for (const auto& r : recipients) pointers.push_back(&r);
  notify_result raw{};
  raw.size = sizeof raw;
  raw.rc = a.rc;
  raw.retry_after_ms = a.retry_after_ms;
  raw.whole_instance = a.whole_instance ? 1U : 0U;
  raw.receipt = to_str(a.receipt);
  raw.message = to_str(a.message);
  raw.detail = to_str(a.detail);
  raw.recipients = pointers.data();
  raw.n_recipients = pointers.size();
  host->answer(host, ticket, &raw);
}

// Whatever way the coroutine ends, destroyed in the middle included, the ticket is answered.
class OpenTicket {
 public:
  OpenTicket(const notify_host* host, notify_ticket ticket) noexcept
      : host_(host), ticket_(ticket) {}
  OpenTicket(const OpenTicket&) = delete;
  OpenTicket& operator=(const OpenTicket&) = delete;
  ~OpenTicket() {
    if (!open_) return;
    Answer cancelled;
    cancelled.rc = NOTIFY_CANCELLED;
    detail::answer(host_, ticket_, cancelled);
  }
  void answer(const Answer& a) {
    open_ = false;
    detail::answer(host_, ticket_, a);
  }

 private:
  const notify_host* host_;
  notify_ticket ticket_;
  bool open_ = true;
};

inline Task<> answer_with(const notify_host* host, notify_ticket ticket, Task<Answer> work) {
  OpenTicket open(host, ticket);
  Answer answer;
  try {
    answer = co_await work;
  } catch (const std::exception& e) {
    answer.rc = NOTIFY_RETRY_UNSURE;
    answer.detail = e.what();
  } catch (...) {
    answer.rc = NOTIFY_RETRY_UNSURE;
    answer.detail = "unknown exception";
  }
  open.answer(answer);
}

template <class T>
class Adapter {
 public:
  explicit Adapter(const notify_host* table) : host_(table), module_(host_) {}

  static notify_rc create(const notify_host* table, notify_instance** out) noexcept {
    try {
      *out = reinterpret_cast<notify_instance*>(new Adapter(table));
      return NOTIFY_OK;
    } catch (const std::exception& e) {
      table->log(table, NOTIFY_LOG_ERROR, to_str(e.what()), nullptr, 0);
      return NOTIFY_BROKEN_CONFIG;
    } catch (...) {
      return NOTIFY_BROKEN;
    }
  }
  static void destroy(notify_instance* instance) noexcept { delete self(instance); }

  static void route(notify_instance* i, notify_ticket t, const notify_event* e) noexcept {
    self(i)->start(t, self(i)->module_.route(*e));
  }
  static void deliver(notify_instance* i, notify_ticket t, const notify_event* e) noexcept {
    self(i)->start(t, self(i)->module_.deliver(*e));
  }
  static void find(notify_instance* i, notify_ticket t, const notify_event* e) noexcept {
    if constexpr (requires(T & m) { m.find(*e); }) self(i)->start(t, self(i)->module_.find(*e));
  }
  static void check(notify_instance* i, notify_ticket t) noexcept {
    if constexpr (requires(T & m) { m.check(); }) self(i)->start(t, self(i)->module_.check());
  }
  // The table's entry is per ticket; there is no coroutine that would know its own.
  static void abandon(notify_instance* i, notify_ticket) noexcept {
    if constexpr (requires(T & m) { m.abandon(); }) self(i)->module_.abandon();
  }
  static const void* extension(const char* id) noexcept {
    if constexpr (kExtends) {
      if (id != nullptr) return T::extension(std::string_view(id));
    }
    return nullptr;
  }

  static constexpr bool kFinds = requires(T & m, const notify_event& e) { m.find(e); };
  static constexpr bool kChecks = requires(T & m) { m.check(); };
  static constexpr bool kAbandons = requires(T & m) { m.abandon(); };
  static constexpr bool kExtends = requires(std::string_view id) { T::extension(id); };
  static_assert(
      kExtends || !requires(T & m, std::string_view id) { m.extension(id); },
      "extension() must be static: it is asked of the module, not of an instance");

 private:
  static Adapter* self(notify_instance* i) noexcept { return reinterpret_cast<Adapter*>(i); }
  void start(notify_ticket ticket, Task<Answer> work) {
    running_.run(answer_with(host_.table(), ticket, std::move(work)));
  }

  Host host_;
  T module_;
  Scope running_;  // last: its tasks use the module, so they end first
};

}  // namespace detail

// A table that a module can declare constexpr: notify::option("slack.token", NOTIFY_TEXT, ...).
constexpr notify_option option(const char* name, std::uint32_t type, const char* help,
                               std::uint32_t flags = 0, const char* fallback = nullptr) {
  return {sizeof(notify_option), type, flags, 0, name, fallback, help};
}

}  // namespace notify

// `options`: a const notify_option* const[] that ends with nullptr, or nullptr.
#define NOTIFY_MODULE(Type, module_name, module_version, events, module_options) \
  NOTIFY_MODULE_NEEDS(0, Type, module_name, module_version, events, module_options)

// For a module that cannot live without what a later minor added: an older daemon refuses it. What
// NOTIFY_HAS can test for is no such need.
#define NOTIFY_MODULE_NEEDS(minor, Type, module_name, module_version, events, module_options)   \
  extern "C" const notify_module notify_module_v1 = {                                           \
      NOTIFY_MAGIC,                                                                             \
      NOTIFY_ABI_MAJOR,                                                                         \
      minor,                                                                                    \
      sizeof(notify_module),                                                                    \
      0,                                                                                        \
      events,                                                                                   \
      module_name,                                                                              \
      module_version,                                                                           \
      module_options,                                                                           \
      &notify::detail::Adapter<Type>::create,                                                   \
      &notify::detail::Adapter<Type>::destroy,                                                  \
      notify::detail::Adapter<Type>::kChecks ? &notify::detail::Adapter<Type>::check : nullptr, \
      &notify::detail::Adapter<Type>::route,                                                    \
      &notify::detail::Adapter<Type>::deliver,                                                  \
      notify::detail::Adapter<Type>::kFinds ? &notify::detail::Adapter<Type>::find : nullptr,   \
      notify::detail::Adapter<Type>::kAbandons ? &notify::detail::Adapter<Type>::abandon        \
                                               : nullptr,                                       \
      notify::detail::Adapter<Type>::kExtends ? &notify::detail::Adapter<Type>::extension       \
                                              : nullptr}

#endif
