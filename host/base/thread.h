// Threads as the daemon starts them: named, for `top -H` and core files, and with every signal
// blocked, so that signals reach the engine and never interrupt a module's system call.
#pragma once

#include <pthread.h>
#include <csignal>

#include <string>
#include <thread>
#include <utility>

namespace notifyd {

template <class Main>
std::thread start_thread(const std::string& name, Main main) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([main = std::move(main), name = name.substr(0, 15)] {  // the kernel's limit
    pthread_setname_np(pthread_self(), name.c_str());
    main();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace notifyd
