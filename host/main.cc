#include <cstdio>
#include <exception>

#include "cli/run.h"

int main(int argc, char** argv) {
  try {
    return notifyd::cli::run(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "cannot go on: %s\n", error.what()));
    return 1;
  }
}
