// The only file of the host that includes Asio.
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

#include "base/engine.h"

namespace notifyd {

namespace asio = boost::asio;

struct AsioEngine::Impl {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
  std::unique_ptr<asio::signal_set> signals;
  std::unordered_map<Timer, asio::steady_timer> timers;
  Timer last_timer = 0;

  void next_signal(const std::shared_ptr<std::function<void(int)>>& work) {
    signals->async_wait([this, work](const boost::system::error_code& error, int number) {
      if (error) return;
      (*work)(number);
      next_signal(work);
    });
  }
};

AsioEngine::AsioEngine() : impl_(std::make_unique<Impl>()) {}
AsioEngine::~AsioEngine() = default;

void AsioEngine::post(Work work) { asio::post(impl_->io, std::move(work)); }

Engine::Timer AsioEngine::after(Millis delay, Work work) {
  const Timer id = ++impl_->last_timer;
  auto& timer = impl_->timers.try_emplace(id, impl_->io, delay).first->second;
  timer.async_wait([this, id, work = std::move(work)](const boost::system::error_code&) {
    // Cancelled timers are not in the table any more, even where the wait had ended by itself.
    if (impl_->timers.erase(id) == 1) work();
  });
  return id;
}

void AsioEngine::cancel(Timer timer) { impl_->timers.erase(timer); }

TimePoint AsioEngine::now() const { return std::chrono::steady_clock::now(); }
WallTime AsioEngine::wall() const { return std::chrono::system_clock::now(); }

void AsioEngine::run() { impl_->io.run(); }
void AsioEngine::stop() { impl_->io.stop(); }

void AsioEngine::on_signals(std::initializer_list<int> signals, std::function<void(int)> work) {
  impl_->signals = std::make_unique<asio::signal_set>(impl_->io);
  for (const int number : signals) impl_->signals->add(number);
  impl_->next_signal(std::make_shared<std::function<void(int)>>(std::move(work)));
}

namespace {

class AsioReadiness final : public Readiness {
 public:
  AsioReadiness(asio::io_context& io, int fd) : descriptor_(io, fd) {}
  AsioReadiness(const AsioReadiness&) = delete;
  AsioReadiness& operator=(const AsioReadiness&) = delete;
  ~AsioReadiness() override { descriptor_.release(); }

  void when_readable(Engine::Work work) override {
    wait(asio::posix::stream_descriptor::wait_read, std::move(work));
  }
  void when_writable(Engine::Work work) override {
    wait(asio::posix::stream_descriptor::wait_write, std::move(work));
  }

 private:
  void wait(asio::posix::stream_descriptor::wait_type what, Engine::Work work) {
    descriptor_.async_wait(what, [alive = std::weak_ptr(alive_),
                                  work = std::move(work)](const boost::system::error_code& error) {
      if (!error && !alive.expired()) work();
    });
  }

  asio::posix::stream_descriptor descriptor_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Asks again and again.
class Reader : public std::enable_shared_from_this<Reader> {
 public:
  Reader(asio::io_context& io, int fd, Engine::Work work)
      : readiness_(io, fd), work_(std::move(work)) {}
  void wait() {
    readiness_.when_readable([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->work_();
      self->wait();
    });
  }

 private:
  AsioReadiness readiness_;
  const Engine::Work work_;
};

}  // namespace

std::shared_ptr<void> AsioEngine::on_readable(int fd, Work work) {
  auto reader = std::make_shared<Reader>(impl_->io, fd, std::move(work));
  reader->wait();
  return reader;
}

std::unique_ptr<Readiness> AsioEngine::watch(int fd) {
  return std::make_unique<AsioReadiness>(impl_->io, fd);
}

void AsioEngine::default_signals() { impl_->signals.reset(); }

}  // namespace notifyd
