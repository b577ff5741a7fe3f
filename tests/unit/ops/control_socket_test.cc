#include "ops/control_socket.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

#include "support/temp_dir.h"

namespace notifyd::ops {
namespace {

using std::chrono::seconds;

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() {
    auto opened = open();
    socket_ = *std::move(opened);
    engine_thread_ = std::thread([this] { engine_.run(); });
  }
  ~ControlSocketTest() override {
    engine_.post([this] { engine_.stop(); });
    engine_thread_.join();
  }
  Result<std::unique_ptr<ControlSocket>> open() {
    return ControlSocket::open(
        engine_, path_, [](std::string request) { return echo(std::move(request)); }, Log());
  }
  static notify::Task<std::string> echo(std::string request) {
    if (request == "long") co_return std::string(100'000, 'x');
    co_return "heard " + request;
  }

  test::TempDir dir_;
  const std::string path_ = dir_.path("control.sock");
  AsioEngine engine_;
  std::unique_ptr<ControlSocket> socket_;
  std::thread engine_thread_;
};

TEST_F(ControlSocketTest, AnswersOneLineWithOneLine) {
  const auto answer = ask_daemon(path_, "status", seconds(10));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "heard status");
}

TEST_F(ControlSocketTest, ALongAnswerComesWhole) {
  const auto answer = ask_daemon(path_, "long", seconds(10));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->size(), 100'000U);
}

TEST_F(ControlSocketTest, IsForItsOwnerAlone) {
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(ControlSocketTest, ASecondDaemonLeavesItToTheFirst) {
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
  EXPECT_TRUE(ask_daemon(path_, "status", seconds(10)));
}

TEST_F(ControlSocketTest, WhatNeverEndsALineGetsNoAnswer) {
  EXPECT_FALSE(ask_daemon(path_, std::string(100'000, 'x'), seconds(10)));
  EXPECT_TRUE(ask_daemon(path_, "status", seconds(10)));
}

TEST(ControlSocketClient, SaysThatNoDaemonIsThere) {
  const test::TempDir dir;
  const auto answer = ask_daemon(dir.path("control.sock"), "status", seconds(1));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace notifyd::ops
