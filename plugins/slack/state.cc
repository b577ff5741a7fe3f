#include "state.h"

#include <algorithm>
#include <array>

namespace slack {
namespace {

struct StateNames {
  std::string_view name, emoji, reaction, happened;
};

constexpr std::array kNames{
    StateNames{"PENDING", "\u23F3", "", "waits for review"},
    StateNames{"APPROVED", "\u2705", "white_check_mark", "was approved"},
    StateNames{"DENIED", "\u274C", "x", "was denied"},
    StateNames{"PROMOTED", "\U0001F4CB", "white_check_mark", "was promoted to a long-term access"},
    StateNames{"EXPIRED", "\u231B", "hourglass", "expired"}};

const StateNames& names(State state) { return kNames.at(static_cast<std::size_t>(state)); }

}  // namespace

State state_of_resolution(std::uint32_t resolution) {
  switch (resolution) {
    case NOTIFY_APPROVED:
      return State::kApproved;
    case NOTIFY_DENIED:
      return State::kDenied;
    case NOTIFY_PROMOTED:
      return State::kPromoted;
    default:
      return State::kPending;
  }
}

State state_of(const notify_event& event) {
  const State state = state_of_resolution(event.request->resolution);
  const bool ended = event.kind == NOTIFY_REQUEST_EXPIRED;
  return ended && state == State::kPending ? State::kExpired : state;
}

std::string_view state_name(State state) { return names(state).name; }
std::string_view state_mark(State state) { return names(state).emoji; }
std::string_view happened(State state) { return names(state).happened; }

std::string marked(State state) {
  return std::string(state_mark(state)) + " " + std::string(state_name(state));
}

std::string_view reaction_name(State state) { return names(state).reaction; }

std::string_view reaction_of(std::string_view state_name) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const StateNames& n) { return n.name == state_name; });
  return found == kNames.end() ? std::string_view() : found->reaction;
}

}  // namespace slack
