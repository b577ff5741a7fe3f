#include "cli/visible_stream.h"

#include <gtest/gtest.h>

#include <sstream>

#include "support/hostile_texts.h"

namespace notifyd::cli {
namespace {

TEST(VisibleStream, LetsNoInjectedTextThrough) {
  for (const std::string& text : test::hostile_texts()) {
    std::ostringstream terminal;
    VisibleStream(terminal) << "user " << text << ", cluster x\n";
    EXPECT_EQ(test::let_through(terminal.str(), "\n\t"), "") << text;
  }
}

TEST(VisibleStream, KeepsCharactersWholeThatComeInPieces) {
  std::ostringstream terminal;
  {
    VisibleStream stream(terminal);
    stream << "gr\xC3"
           << "\xBC"
           << "n\x1b[1m" << '\n'
           << "not ended";
    EXPECT_EQ(terminal.str(), "grün␛[1m\n");
  }
  EXPECT_EQ(terminal.str(), "grün␛[1m\nnot ended");
}

TEST(VisibleStream, PrintsWhatThereIsWhenFlushed) {
  std::ostringstream terminal;
  VisibleStream stream(terminal);
  stream << "half a line" << std::flush;
  EXPECT_EQ(terminal.str(), "half a line");
}

}  // namespace
}  // namespace notifyd::cli
