#include "net/pump.h"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "support/engine_thread.h"
#include "support/wait.h"

namespace notifyd::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// A protocol of one line each way, "hello" and "welcome", whose bytes then are as they are. "!"
// breaks it and "." ends it.
class LineLayer final : public Layer {
 public:
  Result<> start() override {
    down_ = "hello\n";
    return Done{};
  }
  Result<> receive(std::string_view bytes) override {
    if (bytes.find('!') != bytes.npos) return invalid("the protocol is broken");
    up_ += bytes;
    ended_ = up_.ends_with('.');
    constexpr std::string_view kWelcome = "welcome\n";
    if (open_ || !up_.starts_with(kWelcome)) return Done{};
    open_ = true;
    up_.erase(0, kWelcome.size());
    return Done{};
  }
  Result<> send(std::string_view bytes) override {
    down_ += bytes;
    return Done{};
  }
  Error cut_off() const override {
    return {Errc::kUnavailable, open_ ? "cut off" : "cut off before the welcome"};
  }
  Error late() const override { return {Errc::kTimeout, "no welcome in time"}; }
};

struct Pair {
  Fd ours, theirs;
};
Pair sockets() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    ADD_FAILURE() << "no socket pair";
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

void say(const Fd& to, std::string_view text) {
  EXPECT_EQ(send(to.get(), text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}
// So many bytes, or what came before the end.
std::string hear(const Fd& from, std::size_t size) {
  std::string heard;
  while (heard.size() < size) {
    pollfd ready{from.get(), POLLIN, 0};
    if (poll(&ready, 1, 30'000) != 1) break;
    std::array<char, 65536> buffer;
    const ssize_t count =
        recv(from.get(), buffer.data(), std::min(buffer.size(), size - heard.size()), 0);
    if (count <= 0) break;
    heard.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return heard;
}

class PumpTest : public ::testing::Test {
 protected:
  PumpTest() {
    thread_.on([this] {
      std::vector<std::unique_ptr<Layer>> layers;
      layers.push_back(std::make_unique<LineLayer>());
      pump_ = std::make_unique<Pump>(thread_.engine(), LayerStack(std::move(layers)),
                                     std::move(far_.ours));
      return 0;
    });
  }
  ~PumpTest() override {
    thread_.on([this] {
      pump_.reset();
      return 0;
    });
  }

  // The error, or "".
  std::string open(milliseconds within = seconds(30)) {
    const Result<> opened = thread_.run([this, within] { return pump_->open(within); });
    return opened ? "" : opened.error().message;
  }
  void open_and_carry() {
    say(far_.theirs, "welcome\n");
    ASSERT_EQ(open(), "");
    EXPECT_EQ(hear(far_.theirs, 6), "hello\n");
    thread_.on([this] {
      pump_->carry(std::move(near_.ours));
      return 0;
    });
  }
  std::optional<Error> ended() {
    return thread_.on([this] { return pump_->ended(); });
  }

  Pair far_ = sockets(), near_ = sockets();
  test::EngineThread thread_;
  std::unique_ptr<Pump> pump_;
};

TEST_F(PumpTest, CarriesBytesBothWaysOnceTheLayersHaveAgreed) {
  open_and_carry();
  say(near_.theirs, "question");
  EXPECT_EQ(hear(far_.theirs, 8), "question");
  say(far_.theirs, "answer");
  EXPECT_EQ(hear(near_.theirs, 6), "answer");
  EXPECT_FALSE(ended());
}

TEST_F(PumpTest, WhatCameWithTheWelcomeIsCarriedToo) {
  say(far_.theirs, "welcome\nalready");
  ASSERT_EQ(open(), "");
  thread_.on([this] {
    pump_->carry(std::move(near_.ours));
    return 0;
  });
  EXPECT_EQ(hear(near_.theirs, 7), "already");
}

TEST_F(PumpTest, MoreThanAnySocketHoldsArrivesWhole) {
  open_and_carry();
  const std::string much(4U << 20U, 'x');
  std::thread writer([&] {
    std::size_t sent = 0;
    while (sent < much.size()) {
      const ssize_t count =
          send(near_.theirs.get(), much.data() + sent, much.size() - sent, MSG_NOSIGNAL);
      if (count > 0) sent += static_cast<std::size_t>(count);
      pollfd room{near_.theirs.get(), POLLOUT, 0};
      if (count <= 0) poll(&room, 1, 30'000);
    }
  });
  EXPECT_EQ(hear(far_.theirs, much.size()), much);
  writer.join();
}

// Whoever writes is held up, instead of our memory filled.
TEST_F(PumpTest, ASideThatIsNotReadHoldsTheOtherUp) {
  open_and_carry();
  const std::string block(64U << 10U, 'x');
  std::size_t taken = 0;
  const auto full = [&] {
    const ssize_t count = send(near_.theirs.get(), block.data(), block.size(), MSG_NOSIGNAL);
    if (count > 0) taken += static_cast<std::size_t>(count);
    thread_.on([] { return 0; });  // everything that could be carried has been
    pollfd room{near_.theirs.get(), POLLOUT, 0};
    return count <= 0 && poll(&room, 1, 0) == 0;
  };
  EXPECT_TRUE(test::wait_until(full));
  EXPECT_LT(taken, std::size_t{4} << 20U);
  EXPECT_EQ(hear(far_.theirs, taken).size(), taken);
}

TEST_F(PumpTest, SilenceEndsTheNegotiationInTime) {
  EXPECT_EQ(open(milliseconds(20)), "no welcome in time");
}

TEST_F(PumpTest, AFarSideThatHangsUpBeforeTheEndOfTheNegotiationIsNamed) {
  far_.theirs = Fd();
  EXPECT_THAT(open(), HasSubstr("cut off before the welcome"));
}

TEST_F(PumpTest, ABrokenProtocolEndsTheNegotiation) {
  say(far_.theirs, "!");
  EXPECT_EQ(open(), "the protocol is broken");
}

TEST_F(PumpTest, ItsReasonIsKnownBeforeTheNearSideSeesTheEnd) {
  open_and_carry();
  far_.theirs = Fd();
  EXPECT_EQ(hear(near_.theirs, 1), "");
  ASSERT_TRUE(ended());
  EXPECT_THAT(ended()->message, HasSubstr("cut off"));
}

TEST_F(PumpTest, WhatCameBeforeAGoodEndIsCarried) {
  open_and_carry();
  say(far_.theirs, "last words.");
  EXPECT_EQ(hear(near_.theirs, 100), "last words.");
  ASSERT_TRUE(ended());
}

TEST_F(PumpTest, ANearSideThatClosesEndsTheConnectionWithoutAReason) {
  open_and_carry();
  near_.theirs = Fd();
  EXPECT_EQ(hear(far_.theirs, 1), "");
  EXPECT_FALSE(ended());
}

TEST_F(PumpTest, BothSocketsCloseWithIt) {
  open_and_carry();
  thread_.on([this] {
    pump_.reset();
    return 0;
  });
  EXPECT_EQ(hear(far_.theirs, 1), "");
  EXPECT_EQ(hear(near_.theirs, 1), "");
}

}  // namespace
}  // namespace notifyd::net
