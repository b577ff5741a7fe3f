#include "module/process_state.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;

std::size_t count_threads() {
  std::error_code failed;
  std::size_t threads = 0;
  for (fs::directory_iterator it("/proc/self/task", failed), end; it != end; it.increment(failed)) {
    ++threads;
  }
  return threads;
}

std::map<int, std::string> open_descriptors() {
  std::map<int, std::string> open;
  std::error_code failed;
  for (fs::directory_iterator it("/proc/self/fd", failed), end; it != end; it.increment(failed)) {
    const fs::path target = fs::read_symlink(it->path(), failed);
    // The listing itself has one, which is gone by now.
    if (failed || target.string().starts_with("/proc/")) continue;
    open.emplace(std::stoi(it->path().filename().string()), target.string());
  }
  return open;
}

// All that there are, taken and given back.
std::size_t count_free_keys() {
  std::vector<pthread_key_t> keys;
  for (pthread_key_t key{}; ::pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
  for (const pthread_key_t key : keys) ::pthread_key_delete(key);
  return keys.size();
}

std::vector<const void*> handlers() {
  std::vector<const void*> all;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    const bool known = ::sigaction(number, nullptr, &action) == 0;
    // A handler's address, which is a function's, is only compared.
    all.push_back(known ? reinterpret_cast<const void*>(action.sa_handler) : nullptr);
  }
  return all;
}

unsigned mask() {
  const mode_t now = ::umask(0077);
  ::umask(now);
  return now;
}

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    all.emplace_back(*entry);
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace

ProcessState ProcessState::now() {
  ProcessState state;
  state.threads_ = count_threads();
  state.free_keys_ = count_free_keys();
  state.descriptors_ = open_descriptors();
  state.signal_handlers_ = handlers();
  const char* const locale = std::setlocale(LC_ALL, nullptr);
  state.locale_ = locale == nullptr ? "" : locale;
  std::error_code failed;
  state.directory_ = fs::current_path(failed).string();
  state.file_mode_mask_ = mask();
  state.environment_ = environment();
  return state;
}

std::string ProcessState::difference(const ProcessState& after) const {
  if (after.threads_ > threads_) return "a thread of it goes on";
  if (after.free_keys_ < free_keys_) {
    return "it keeps a pthread key, whose destructor would run in code that is gone";
  }
  const auto added = std::ranges::find_if(
      after.descriptors_, [this](const auto& one) { return !descriptors_.contains(one.first); });
  if (added != after.descriptors_.end()) return "it keeps a file open: " + added->second;
  for (std::size_t i = 0; i < signal_handlers_.size(); ++i) {
    if (signal_handlers_[i] == after.signal_handlers_[i]) continue;
    const char* const name = ::sigabbrev_np(static_cast<int>(i) + 1);
    return "it changed what SIG" + std::string(name != nullptr ? name : "?") + " does";
  }
  if (after.locale_ != locale_) return "it changed the locale";
  if (after.directory_ != directory_) return "it changed the working directory";
  if (after.file_mode_mask_ != file_mode_mask_) return "it changed the umask";
  if (after.environment_ != environment_) return "it changed the environment";
  return "";
}

}  // namespace notifyd::modules
