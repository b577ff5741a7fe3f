// The panel "Notifier" of the demo's page: does what an operator does, by the daemon's own command
// line. It puts files in place, reloads, and shows what the daemon says of it.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sim/demo/installation.h"
#include "sim/page/notifier.h"

namespace notifyd::sim {

// Any thread.
class NotifierPanel final : public Notifier {
 public:
  // `installation` must outlive it.
  explicit NotifierPanel(const Installation& installation) : installation_(installation) {}

  // Asks the daemon how it is, and blocks for it: some milliseconds, or seconds when it hangs.
  void look();

  Json view() const override;
  Result<Json> act(const std::string& button) override;
  void on_change(std::function<void()> changed) override;

 private:
  // All of it guarded by mutex_.
  struct State {
    Setup setup;  // of the last good reload
    Json status;
    std::string trouble = "the daemon has not been asked yet";
    bool busy = false;
    Json outcome;
    std::function<void()> changed;
  };

  std::vector<std::string> command(const char* verb) const;
  Json try_setup(const Setup& setup) const;
  Json reload() const;
  Json shown() const;  // with mutex_ held
  template <class F>
  void change(F&& how);

  const Installation& installation_;
  std::mutex looking_;  // so that an older answer never replaces a newer one
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace notifyd::sim
