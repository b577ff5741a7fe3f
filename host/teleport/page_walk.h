// How a list is gone through page by page when not all of it fits into memory, or into a message.
#pragma once

#include <cstddef>
#include <string>

#include "teleport/auth.h"

namespace notifyd::teleport {

// How many requests the next page is asked for. gRPC may hold all of an answer before it finds it
// too big, so what a page could cost counts before it is there: small at first, and more only while
// pages turn out to be small.
class PageSize {
 public:
  static constexpr int kFirst = 64;
  static constexpr int kMost = 1'000;  // what Teleport gives where nothing is asked for

  int limit() const { return limit_; }

  void begin_list();
  void page_came(std::size_t bytes);
  // The page was too big. False: it was of one request.
  bool shrink();

 private:
  int limit_ = kFirst;
  int most_ = kMost;  // in this list: more than that was refused
};

// Where a page begins. Teleport's key of a page is the ID of its first request, and a page may
// begin with any key: with the first request that is not before it.
struct PageKey {
  bool backwards = false;
  bool names_first = false;  // the key is the ID of the first request
  std::string key;           // "": at the very end
  std::string stop;          // backwards: up to here it was listed forwards

  // From RequestPage::next; "" is the first page.
  static PageKey parse(const std::string& page);
  std::string text() const;

  // What RequestPage::next says when the server gave this key for the next page.
  std::string next(const std::string& server_key) const;

  // For a page whose first request is too big by itself: that one as unreadable, and what comes
  // next. Behind one whose ID is known it goes on; for others nobody knows where that is, so what
  // is left is listed from the other end, up to where it is too big from there as well.
  RequestPage around() const;

 private:
  std::string behind() const;
};

}  // namespace notifyd::teleport
