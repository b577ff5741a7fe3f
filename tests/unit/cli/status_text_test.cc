#include "cli/status_text.h"

#include <gmock/gmock.h>

#include <limits>

namespace notifyd::cli {
namespace {

using testing::HasSubstr;

const WallTime kNow = WallTime(std::chrono::seconds(1714564800));

std::string text_of(const daemon::Status& status) { return status_text(status, kNow); }

TEST(StatusText, SaysThatThereIsNoNotifierYet) {
  EXPECT_THAT(text_of({}), HasSubstr("\nnotifier   none yet\n"));
}

TEST(StatusText, TellsTimesAsSeenFromNow) {
  daemon::Status status;
  status.started_ms = unix_ms(kNow - std::chrono::hours(5));
  EXPECT_THAT(text_of(status), HasSubstr(", started 5 hours ago\n"));
}

// What it is given may be anything.
TEST(StatusText, TakesTimesThatCannotBe) {
  daemon::Status status;
  status.started_ms = std::numeric_limits<std::int64_t>::min();
  status.reload = daemon::ReloadStatus{1, std::numeric_limits<std::int64_t>::max(), true, {}};
  EXPECT_THAT(text_of(status), HasSubstr("reload     good, 0 minutes ago\n"));
}

TEST(StatusText, NamesEachOfSeveralClusters) {
  daemon::Status status;
  for (const char* section : {"prod", "staging"}) {
    status.clusters.emplace_back().section = section;
    status.clusters.back().address = std::string(section) + ".example.com:443";
  }
  EXPECT_THAT(text_of(status),
              HasSubstr("\nteleport   prod: prod.example.com:443: not connected\n"));
  EXPECT_THAT(text_of(status), HasSubstr("\nteleport   staging: staging.example.com:443: "));
}

TEST(StatusText, NamesModulesThatAreUnusedAndThoseThatDoNotComeBack) {
  daemon::Status status;
  status.unused_modules = {"webhook"};
  status.quarantined = {"slack"};
  EXPECT_THAT(text_of(status), HasSubstr("\nunused     module webhook: no notifier names it\n"));
  EXPECT_THAT(text_of(status), HasSubstr("\nstuck      a module of slack does not come back"));
}

}  // namespace
}  // namespace notifyd::cli
