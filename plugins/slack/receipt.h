// All that the module remembers of a recipient: where the announcement is and what was done since.
//
//   C0AAAAAAAA1/1779393408.521249;r=2;s=APPROVED;x=APPROVED;t=APPROVED;u=12
//
// Before the first ';' it is what teleport-slack stores, so a bare "channel/ts" is a receipt too. A
// requester who was told but never got an announcement has none: ";t=APPROVED".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slack {

struct Receipt {
  std::string channel, ts;
  std::size_t replies = 0;   // r: reviews that have their reply, counted from the oldest
  std::string shown;         // s: the state that the announcement shows; "": not known
  std::string reacted;       // x: the state whose reaction was added
  std::string told;          // t: the state that the requester was told
  std::size_t not_told = 0;  // u: people of whom the announcement says that they were not told

  bool announced() const { return !ts.empty(); }
  std::string message() const { return announced() ? channel + "/" + ts : ""; }
  std::string str() const;

  // Anything is accepted; what makes no sense is left out.
  static Receipt parse(std::string_view text);
};

}  // namespace slack
