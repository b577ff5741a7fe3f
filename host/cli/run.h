// The whole program but main().
#pragma once

namespace notifyd::cli {

// 0 good, 1 failed, 2 wrong command line.
int run(int argc, char** argv);

}  // namespace notifyd::cli
