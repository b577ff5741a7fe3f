#include "cli/arguments.h"

#include <gmock/gmock.h>

namespace notifyd::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

Arguments parsed(const std::vector<std::string>& line) {
  const auto result = parse_arguments(line);
  if (const auto* stop = std::get_if<Stop>(&result)) {
    ADD_FAILURE() << stop->text;
    return {};
  }
  return std::get<Arguments>(result);
}

Stop stopped(const std::vector<std::string>& line) {
  const auto result = parse_arguments(line);
  if (const auto* stop = std::get_if<Stop>(&result)) return *stop;
  ADD_FAILURE() << "was taken as a command";
  return {};
}

TEST(Arguments, NameOfTheProgramDecidesWhoseCommandLineItIs) {
  EXPECT_EQ(persona_of("/usr/bin/teleport-slack"), Persona::kUpstream);
  EXPECT_EQ(persona_of("teleport-slack"), Persona::kUpstream);
  EXPECT_EQ(persona_of("./teleport-notifyd"), Persona::kNotifyd);
  EXPECT_EQ(persona_of("anything"), Persona::kNotifyd);
}

TEST(Arguments, UpstreamsStartIsUnderstoodAsUpstreamDoes) {
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"teleport-slack", "start", "--config", "/x.toml", "--debug"},
           {"teleport-slack", "start", "--config=/x.toml", "-d"},
           {"teleport-slack", "start", "-d", "-c", "/x.toml"}}) {
    const Arguments arguments = parsed(line);
    EXPECT_EQ(arguments.persona, Persona::kUpstream);
    EXPECT_EQ(arguments.command, Command::kStart);
    EXPECT_EQ(arguments.config, "/x.toml");
    EXPECT_TRUE(arguments.debug);
  }
}

TEST(Arguments, ConfigHasThePackagedPathAsDefault) {
  EXPECT_EQ(parsed({"teleport-slack", "start"}).config, "/etc/teleport-slack.toml");
  EXPECT_EQ(parsed({"teleport-notifyd", "start"}).config, "/etc/teleport-notifyd/notifyd.toml");
  EXPECT_EQ(parsed({"teleport-notifyd", "check"}).config, "/etc/teleport-notifyd/notifyd.toml");
  EXPECT_FALSE(parsed({"teleport-slack", "start"}).debug);
}

TEST(Arguments, OtherCommandsAreKnown) {
  EXPECT_EQ(parsed({"teleport-notifyd", "check", "-c", "/x"}).command, Command::kCheck);
  EXPECT_EQ(parsed({"teleport-notifyd", "version"}).command, Command::kVersion);
  EXPECT_EQ(parsed({"teleport-slack", "configure"}).command, Command::kConfigure);
  const Arguments modules = parsed({"teleport-notifyd", "modules", "--modules-dir", "/m"});
  EXPECT_EQ(modules.command, Command::kModules);
  EXPECT_EQ(modules.modules_dir, "/m");
  EXPECT_EQ(modules.config, "");
  const Arguments configure = parsed({"teleport-notifyd", "configure", "slack"});
  EXPECT_EQ(configure.command, Command::kConfigure);
  EXPECT_EQ(configure.module, "slack");
}

TEST(Arguments, ProgramAloneIsAWrongCommandLineAndShowsHelp) {
  const Stop stop = stopped({"teleport-notifyd"});
  EXPECT_EQ(stop.code, kUsage);
  EXPECT_THAT(stop.text, HasSubstr("start"));
  EXPECT_THAT(stop.text, HasSubstr("configure"));
}

TEST(Arguments, HelpIsEverywhere) {
  for (const char* command : {"start", "check", "configure", "modules", "version"}) {
    const Stop stop = stopped({"teleport-notifyd", command, "--help"});
    EXPECT_EQ(stop.code, kOk) << command;
    EXPECT_THAT(stop.text, HasSubstr(command));
  }
  EXPECT_EQ(stopped({"teleport-notifyd", "--help"}).code, kOk);
  EXPECT_EQ(stopped({"teleport-slack", "help"}).code, kOk);
  EXPECT_THAT(stopped({"teleport-slack", "help", "start"}).text, HasSubstr("--debug"));
}

TEST(Arguments, VersionFlagPrintsTheVersion) {
  const Stop stop = stopped({"teleport-slack", "--version"});
  EXPECT_EQ(stop.code, kOk);
  EXPECT_THAT(stop.text, MatchesRegex("teleport-slack v[0-9.]+ git:.*\n"));
}

TEST(Arguments, NamesWhatItDidNotExpectInTheOrderOfTheLine) {
  EXPECT_THAT(stopped({"teleport-notifyd", "start", "one", "two", "three"}).text,
              HasSubstr("not expected: one two three\n"));
}

TEST(Arguments, TeleportSlackChecksToo) {
  const auto arguments = parsed({"teleport-slack", "check", "--config", "/x"});
  EXPECT_EQ(arguments.command, Command::kCheck);
  EXPECT_EQ(arguments.config, "/x");
}

TEST(Arguments, WhatIsNotKnownIsAWrongCommandLine) {
  for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
           {"teleport-notifyd", "strat"},
           {"teleport-notifyd", "start", "--confg", "/x"},
           {"teleport-notifyd", "start", "extra"},
           {"teleport-notifyd", "start", "--config"},
           {"teleport-notifyd", "modules", "--modules-dir", "/m", "--config", "/x"},
           {"teleport-slack", "chek"},
           {"teleport-slack", "modules"}}) {
    const Stop stop = stopped(line);
    EXPECT_EQ(stop.code, kUsage);
    EXPECT_THAT(stop.text, HasSubstr("--help"));
  }
}

}  // namespace
}  // namespace notifyd::cli
