// Stands in for libFuzzer's main: each file named on the command line once, and a few inputs that
// tend to hurt.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  feed("");
  feed(std::string(1, '\0'));
  feed(std::string(100'000, '['));
  feed(std::string(4096, '\xff'));
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    feed({std::istreambuf_iterator<char>(file), {}});
  }
  return 0;
}
