#include "delivery/dispatcher.h"

#include <algorithm>
#include <utility>

#include "base/crash_point.h"

namespace notifyd::delivery {
namespace {

Error not_connected() { return {Errc::kUnavailable, "not connected to Teleport"}; }

}  // namespace

notify::Task<Result<teleport::PluginEntry>> Dispatcher::Records::read(std::string request_id,
                                                                      std::string plugin) {
  const auto held = session;  // until the answer, whatever replaces it
  if (!held) co_return not_connected();
  crash_point("before a record is read");
  auto reading = held->read(std::move(request_id), std::move(plugin));
  Result<teleport::PluginEntry> entry = co_await reading;
  crash_point("after a record is read");
  co_return std::move(entry);
}

notify::Task<Result<>> Dispatcher::Records::write(std::string request_id, std::string plugin,
                                                  teleport::PluginEntry set,
                                                  teleport::PluginEntry expect) {
  const auto held = session;
  if (!held) co_return not_connected();
  crash_point("before a record is written");
  auto writing =
      held->write(std::move(request_id), std::move(plugin), std::move(set), std::move(expect));
  const Result<> written = co_await writing;
  crash_point("after a record is written");
  co_return written;
}

void Dispatcher::add(Sender& sender) {
  Log log = name_.empty() ? sender.log() : sender.log().with({{"teleport", name_}});
  lanes_.push_back(std::make_unique<Lane>(engine_, sender, records_, options_, std::move(log)));
  if (cluster_) lanes_.back()->connected(cluster_);
}

Lane* Dispatcher::lane_of(const Sender& sender) const {
  const auto found =
      std::ranges::find_if(lanes_, [&](const auto& lane) { return &lane->sender() == &sender; });
  return found == lanes_.end() ? nullptr : found->get();
}

// Lanes that it left before count too: they use the sender as well.
void Dispatcher::remove(const Sender& sender, std::function<void()> done) {
  waiting_.emplace_back(&sender, std::move(done));
  leave([&](const Lane& lane) { return &lane.sender() == &sender; });
}

void Dispatcher::drain(std::function<void()> done) {
  waiting_.emplace_back(nullptr, std::move(done));
  leave([](const Lane&) { return true; });
}

void Dispatcher::leave(const std::function<bool(const Lane&)>& leaves) {
  std::vector<Lane*> left;
  for (auto& lane : lanes_) {
    if (!leaves(*lane)) continue;
    left.push_back(lane.get());
    leaving_.push_back(std::move(lane));
  }
  std::erase(lanes_, nullptr);
  for (Lane* const lane : left) removing_.run(drop(lane));
  tell_removed();
}

// Not from within its last call.
notify::Task<> Dispatcher::drop(Lane* lane) {
  notify::Reply<bool> drained;
  lane->drain([this, to = drained.to()] { engine_.post([to] { to(true); }); });
  co_await drained;
  std::erase_if(leaving_, [lane](const auto& one) { return one.get() == lane; });
  tell_removed();
}

void Dispatcher::tell_removed() {
  std::vector<std::function<void()>> due;
  std::erase_if(waiting_, [&](auto& waits) {
    const bool left = std::ranges::any_of(leaving_, [&](const auto& lane) {
      return waits.first == nullptr || &lane->sender() == waits.first;
    });
    if (!left) due.push_back(std::move(waits.second));
    return !left;
  });
  for (const auto& done : due) done();
}

void Dispatcher::renewed(const Sender& sender) {
  if (Lane* const lane = lane_of(sender)) lane->renewed();
}

bool Dispatcher::idle() const {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->idle(); });
}

void Dispatcher::connected(std::shared_ptr<teleport::AuthSession> session,
                           const model::Cluster& cluster) {
  records_.session = std::move(session);
  cluster_ = std::make_shared<const model::Cluster>(cluster);
  for (const auto& lane : lanes_) lane->connected(cluster_);
  for (const auto& lane : leaving_) lane->connected(cluster_);
}

void Dispatcher::connection_lost() { records_.session = nullptr; }

void Dispatcher::catch_up_started() {
  for (const auto& lane : lanes_) lane->catch_up_started();
}

void Dispatcher::record(const std::string& plugin, const std::string& request_id,
                        teleport::PluginEntry entry) {
  for (const auto& lane : lanes_) {
    if (lane->listens(plugin)) return lane->record(request_id, std::move(entry));
  }
}

void Dispatcher::records_told(const std::string& plugin, teleport::ToldRecordsPtr records) {
  for (const auto& lane : lanes_) {
    if (lane->listens(plugin)) return lane->records_told(std::move(records));
  }
}

void Dispatcher::record_unreadable(const std::string& plugin, const std::string& request_id) {
  for (const auto& lane : lanes_) {
    if (lane->listens(plugin)) return lane->record_unreadable(request_id);
  }
}

void Dispatcher::records_listed() {
  for (const auto& lane : lanes_) lane->records_listed();
}

void Dispatcher::catch_up_done() {
  for (const auto& lane : lanes_) lane->catch_up_done();
  for (const auto& lane : leaving_) lane->catch_up_done();
}

bool Dispatcher::request(model::AccessRequestPtr request) {
  bool awake = false;
  for (const auto& lane : lanes_) awake = lane->request(request) || awake;
  return awake;
}

void Dispatcher::gone(const std::string& request_id) {
  for (const auto& lane : lanes_) lane->gone(request_id);
}

void Dispatcher::retry_now() {
  for (const auto& lane : lanes_) lane->retry_now();
  for (const auto& lane : leaving_) lane->retry_now();
}

std::size_t Dispatcher::awake() const {
  std::size_t count = 0;
  for (const auto& lane : lanes_) count += lane->awake();
  for (const auto& lane : leaving_) count += lane->awake();
  return count;
}

std::size_t Dispatcher::awake(const std::string& instance) const {
  std::size_t count = 0;
  for (const auto& lane : lanes_) {
    if (lane->listens(instance)) count += lane->awake();
  }
  return count;
}

}  // namespace notifyd::delivery
