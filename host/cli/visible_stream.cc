#include "cli/visible_stream.h"

#include "base/text.h"

namespace notifyd::cli {

VisibleStream::Buffer::int_type VisibleStream::Buffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  pending_ += traits_type::to_char_type(c);
  if (pending_.back() == '\n') pass_on();
  return c;
}

int VisibleStream::Buffer::sync() {
  pass_on();
  return to_.flush() ? 0 : -1;
}

void VisibleStream::Buffer::pass_on() {
  to_ << visible(pending_, "\n\t");
  pending_.clear();
}

}  // namespace notifyd::cli
