#include "base/thread.h"

#include <gtest/gtest.h>

namespace notifyd {
namespace {

TEST(Thread, HasItsNameCutToWhatTheKernelTakes) {
  char name[16] = "";
  start_thread("a-name-that-is-too-long", [&] {
    pthread_getname_np(pthread_self(), name, sizeof name);
  }).join();
  EXPECT_STREQ(name, "a-name-that-is-");
}

TEST(Thread, HasEverySignalBlockedAndLeavesOursAsTheyWere) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  bool blocked = false;
  start_thread("t", [&] {
    sigset_t inside;
    pthread_sigmask(SIG_SETMASK, nullptr, &inside);
    blocked = sigismember(&inside, SIGTERM) == 1 && sigismember(&inside, SIGPIPE) == 1;
  }).join();
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_TRUE(blocked);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

}  // namespace
}  // namespace notifyd
