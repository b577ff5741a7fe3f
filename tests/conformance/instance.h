// A module at work on a fake host; each call of it opens a ticket.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "events.h"
#include "fake_host.h"

namespace conformance {

class Instance {
 public:
  // Calls create(). `table`: the host's, if not fake.table().
  Instance(const notify_module& module, FakeHost& fake, const notify_host* table = nullptr)
      : module_(module), fake_(fake) {
    created_ = module_.create(table != nullptr ? table : fake.table(), &instance_);
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() { destroy(); }

  notify_rc created() const { return created_; }
  bool runs() const { return created_ == NOTIFY_OK && !destroyed_; }

  // Each runs what is due afterwards.
  notify_ticket route(const notify_event* event) { return ask(module_.route, event); }
  notify_ticket deliver(const notify_event* event) { return ask(module_.deliver, event); }
  notify_ticket find(const notify_event* event) { return ask(module_.find, event); }
  notify_ticket check() {
    const notify_ticket ticket = fake_.open();
    module_.check(instance_, ticket);
    fake_.settle();
    return ticket;
  }
  void abandon(notify_ticket ticket) {
    module_.abandon(instance_, ticket);
    fake_.settle();
  }
  void destroy() {
    if (!runs()) return;
    destroyed_ = true;
    module_.destroy(instance_);
    fake_.drop_all();
  }

 private:
  using Entry = void (*)(notify_instance*, notify_ticket, const notify_event*);

  notify_ticket ask(Entry entry, const notify_event* event) {
    const notify_ticket ticket = fake_.open();
    entry(instance_, ticket, event);
    fake_.settle();
    return ticket;
  }

  const notify_module& module_;
  FakeHost& fake_;
  notify_instance* instance_ = nullptr;
  notify_rc created_ = NOTIFY_MISUSE;
  bool destroyed_ = false;
};

}  // namespace conformance
