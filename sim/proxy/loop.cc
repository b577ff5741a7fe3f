#include "sim/proxy/loop.h"

#include <fcntl.h>
#include <array>

#include <boost/asio.hpp>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "base/thread.h"

namespace notifyd::sim {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadAtOnce = std::size_t{64} << 10U;

tcp::endpoint endpoint_of(Loopback loopback, int port) {
  const auto number = static_cast<asio::ip::port_type>(port);
  if (loopback == Loopback::kV4) return {asio::ip::address_v4::loopback(), number};
  return {asio::ip::address_v6::loopback(), number};
}

class TcpPeer final : public Peer, public std::enable_shared_from_this<TcpPeer> {
 public:
  explicit TcpPeer(tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  void start(Listener listener) override {
    listener_ = std::move(listener);
    read();
  }

  void send(std::string_view bytes) override {
    if (closing_ || bytes.empty()) return;
    waiting_.append(bytes);
    write();
  }

  void close() override {
    closing_ = true;
    if (backlog() == 0) end();
  }

  void abort() override {
    silenced_ = closing_ = true;
    shut();
  }

  void pause() override { paused_ = true; }
  void resume() override {
    if (std::exchange(paused_, false)) read();
  }
  std::size_t backlog() const override { return waiting_.size() + leaving_.size(); }

 private:
  void read() {
    if (paused_ || reading_ || ended_) return;
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              self->got(error, size);
                            });
  }

  void got(error_code error, std::size_t size) {
    reading_ = false;
    if (error) return end();
    if (!closing_) listener_.received({buffer_.data(), size});
    read();
  }

  void write() {
    if (!leaving_.empty() || ended_) return;
    leaving_.swap(waiting_);
    asio::async_write(
        socket_, asio::buffer(leaving_),
        [self = shared_from_this()](error_code error, std::size_t /*size*/) { self->put(error); });
  }

  void put(error_code error) {
    leaving_.clear();
    if (error) return end();
    if (!waiting_.empty()) return write();
    if (closing_) return end();
    if (!ended_) listener_.drained();
  }

  void end() {
    if (ended_) return;
    shut();
    // Not from within close(), whose caller may not be done.
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->silenced_) self->listener_.ended();
    });
  }

  void shut() {
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  Listener listener_;
  std::array<char, kReadAtOnce> buffer_{};
  std::string waiting_;
  std::string leaving_;  // what the kernel is being given
  bool reading_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool ended_ = false;     // the socket is closed
  bool silenced_ = false;  // the listener is gone
};

// Asio does not. A daemon that a test starts would keep the port for as long as it lives.
template <class Socket>
void keep_from_children(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(asio::io_context& context, const tcp::endpoint& at, Loop::Accepted accepted)
      : acceptor_(context, at), accepted_(std::move(accepted)) {
    keep_from_children(acceptor_);
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (!self->acceptor_.is_open()) return;
      if (!error) keep_from_children(socket);
      if (!error) self->accepted_(std::make_shared<TcpPeer>(std::move(socket)));
      self->accept();
    });
  }

  void close() { acceptor_.close(); }

 private:
  tcp::acceptor acceptor_;  // shares the port with a reservation
  Loop::Accepted accepted_;
};

class Ticker : public std::enable_shared_from_this<Ticker> {
 public:
  Ticker(asio::io_context& context, Millis interval, Loop::Work work)
      : timer_(context), interval_(interval), work_(std::move(work)) {}

  void wait() {
    timer_.expires_after(interval_);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->stopped_) return;
      self->work_();
      self->wait();
    });
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  const Millis interval_;
  const Loop::Work work_;
  bool stopped_ = false;
};

// Destroyed by whoever was given it; what waits in the loop holds the other reference.
template <class T>
std::shared_ptr<void> until_gone(std::shared_ptr<T> what, void (T::*stop)()) {
  return {what.get(), [what, stop](T* /*same*/) { (what.get()->*stop)(); }};
}

}  // namespace

struct Loop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> idle{context.get_executor()};
  std::thread thread = start_thread("sim-proxy", [this] { context.run(); });
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  impl_->context.stop();
  impl_->thread.join();
}

void Loop::call(Work work) {
  std::packaged_task<void()> task(std::move(work));
  auto done = task.get_future();
  asio::post(impl_->context, [&task] { task(); });
  done.get();
}

void Loop::post(Work work) { asio::post(impl_->context, std::move(work)); }

std::shared_ptr<void> Loop::every(Millis interval, Work work) {
  auto ticker = std::make_shared<Ticker>(impl_->context, interval, std::move(work));
  ticker->wait();
  return until_gone(std::move(ticker), &Ticker::stop);
}

std::shared_ptr<void> Loop::listen(Loopback loopback, int port, Accepted accepted) {
  auto acceptor =
      std::make_shared<Acceptor>(impl_->context, endpoint_of(loopback, port), std::move(accepted));
  acceptor->accept();
  return until_gone(std::move(acceptor), &Acceptor::close);
}

std::shared_ptr<Peer> Loop::connect(Loopback loopback, int port) {
  const tcp::endpoint to = endpoint_of(loopback, port);
  tcp::socket socket(impl_->context, to.protocol());
  keep_from_children(socket);
  error_code error;
  socket.connect(to, error);  // on the loopback this does not wait
  if (error) return nullptr;
  return std::make_shared<TcpPeer>(std::move(socket));
}

}  // namespace notifyd::sim
