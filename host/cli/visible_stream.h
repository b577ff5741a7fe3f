// What the commands print comes from files too: values, names of modules, texts in their tables,
// certificates. On its way to the terminal it becomes text that steers none.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace notifyd::cli {

// Prints to `to`, which must outlive it, line by line and at the end; newlines and tabs stay, and
// other characters that nobody sees become marks.
class VisibleStream : public std::ostream {
 public:
  explicit VisibleStream(std::ostream& to) : std::ostream(nullptr), buffer_(to) { rdbuf(&buffer_); }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(std::ostream& to) : to_(to) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() override { pass_on(); }

   protected:
    int_type overflow(int_type c) override;
    int sync() override;

   private:
    void pass_on();

    std::ostream& to_;
    std::string pending_;  // a line that is not whole: a character may be half there
  };

  Buffer buffer_;
};

}  // namespace notifyd::cli
