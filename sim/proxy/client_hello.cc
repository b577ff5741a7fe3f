#include "sim/proxy/client_hello.h"

#include <cstdint>

namespace notifyd::sim {
namespace {

// RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3; RFC 7301, section 3.1.
constexpr unsigned kHandshakeRecord = 22;
constexpr unsigned kClientHello = 1;
constexpr unsigned kServerNameExtension = 0;
constexpr unsigned kAlpnExtension = 16;
constexpr std::size_t kVersionAndRandom = 2 + 32;

// Takes fields off the front. After the first that is not there whole, `ok()` is false and all
// further ones are empty.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }

  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }

  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char c : take(bytes)) value = value << 8U | static_cast<std::uint8_t>(c);
    return value;
  }

  // A length in so many bytes, and as many bytes.
  std::string_view vector(std::size_t length_bytes) { return take(number(length_bytes)); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::string server_name_of(std::string_view extension) {
  Fields names(Fields(extension).vector(2));
  const bool is_host_name = names.number(1) == 0;
  const std::string_view name = names.vector(2);
  return is_host_name ? std::string(name) : "";
}

std::vector<std::string> protocols_of(std::string_view extension) {
  std::vector<std::string> protocols;
  Fields names(Fields(extension).vector(2));
  while (names.ok() && !names.empty()) protocols.emplace_back(names.vector(1));
  return protocols;
}

ClientHelloReading hello_of(std::string_view body) {
  using State = ClientHelloReading::State;
  Fields fields(body);
  fields.take(kVersionAndRandom);
  fields.vector(1);  // session
  fields.vector(2);  // cipher suites
  fields.vector(1);  // compression
  ClientHelloReading reading{State::kComplete, {}};
  Fields extensions(fields.vector(2));
  while (extensions.ok() && !extensions.empty()) {
    const std::size_t kind = extensions.number(2);
    const std::string_view content = extensions.vector(2);
    if (kind == kServerNameExtension) reading.hello.server_name = server_name_of(content);
    if (kind == kAlpnExtension) reading.hello.protocols = protocols_of(content);
  }
  if (!extensions.ok()) reading.state = State::kNotTls;
  return reading;
}

}  // namespace

ClientHelloReading read_client_hello(std::string_view bytes) {
  using State = ClientHelloReading::State;
  std::string handshake;  // may be cut into several records
  Fields records(bytes);
  while (true) {
    Fields header(handshake);
    const bool is_hello = header.number(1) == kClientHello;
    const std::string_view body = header.vector(3);
    if (!handshake.empty() && !is_hello) return {State::kNotTls, {}};
    if (header.ok()) return hello_of(body);
    if (records.empty()) return {};
    if (records.number(1) != kHandshakeRecord) return {State::kNotTls, {}};
    records.take(2);  // version
    const std::string_view fragment = records.vector(2);
    if (!records.ok()) return {};
    handshake += fragment;
  }
}

}  // namespace notifyd::sim
