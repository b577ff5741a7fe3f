// What a record says that somebody else wrote: a receipt may point anywhere.
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

constexpr char kElsewhere[] = "C0GENERAL1/1700000000.000100";

class ForeignRecord : public testing::Test {
 protected:
  // The end of a request whose announcement is gone.
  Answered conclude(const std::string& recipient, const std::string& receipt) {
    workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
      if (call.method != "chat.update") return std::nullopt;
      return error("message_not_found");
    };
    request.resolution = NOTIFY_APPROVED;
    Instance slack(host);
    const notify_ticket ticket =
        slack.deliver(request.event(NOTIFY_REQUEST_RESOLVED, recipient, receipt));
    return slack.answer(ticket);
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;
};

TEST_F(ForeignRecord, ANewMessageGoesToTheRecipientWhereverTheReceiptPoints) {
  conclude("C0DEV00001", kElsewhere);
  ASSERT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.calls_of("chat.postMessage").at(0).args["channel"], "C0DEV00001");
}

TEST_F(ForeignRecord, ARecipientThatIsButAMessageGetsNoNewOne) {
  EXPECT_EQ(conclude(kElsewhere, kElsewhere).rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

}  // namespace
}  // namespace slack_test
