// What a run leaves behind: the figures, and everything that helps to find out why one is not zero.
#pragma once

#include <filesystem>
#include <iosfwd>

#include "chaos/stage.h"
#include "chaos/verdict.h"

namespace notifyd::chaos {

// How many daemons took which way to Teleport.
void print_ways(const Stage& stage, std::ostream& out);

void print_figures(const Verdict& verdict, std::ostream& out);

// For each bad (request, recipient): expected, shown, record, calls, log lines.
void print_findings(const Verdict& verdict, Stage& stage, std::ostream& out);

void keep_logs(Stage& stage, const std::filesystem::path& folder);

}  // namespace notifyd::chaos
