#include "proxy_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>

#include "base/fd.h"

namespace notifyd::sim {
namespace {

constexpr timeval kPatience{20, 0};
constexpr std::size_t kReadAtOnce = 16384;

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, FreeWith<X509_free>>;

Bio reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Cert cert_of(BIO* bio) { return Cert(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)); }

std::string last_error(long verified) {
  if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "closed";
}

class TcpPipe final : public Pipe {
 public:
  explicit TcpPipe(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    (void)::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  std::string read() override {
    std::array<char, kReadAtOnce> buffer{};
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : "";
  }

 private:
  const Fd socket_;
};

std::string big_endian(std::size_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[size - 1 - i] = static_cast<char>(value >> (8 * i) & 0xffU);
  }
  return bytes;
}

std::size_t number(std::string_view bytes) {
  std::size_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

class PingFramesPipe final : public Pipe {
 public:
  explicit PingFramesPipe(Pipe& below) : below_(below) {}

  void write(std::string_view bytes) override {
    below_.write(big_endian(bytes.size(), 4).append(bytes));
  }

  std::string read() override {
    while (true) {
      const std::string length = below_.read_exactly(4);
      if (length.size() < 4) return "";
      if (number(length) > 0) return below_.read_exactly(number(length));
    }
  }

 private:
  Pipe& below_;
};

class WebSocketPipe final : public Pipe {
 public:
  explicit WebSocketPipe(Pipe& below) : below_(below) {}

  void write(std::string_view bytes) override { frame(2, bytes); }

  std::string read() override {
    while (true) {
      const std::string head = below_.read_exactly(2);
      if (head.size() < 2) return "";
      std::size_t size = static_cast<std::uint8_t>(head[1]);
      if (size == 126) size = number(below_.read_exactly(2));
      if (size == 127) size = number(below_.read_exactly(8));
      const std::string payload = below_.read_exactly(size);
      const unsigned opcode = static_cast<std::uint8_t>(head[0]) & 0xfU;
      if (opcode == 2) return payload;
      if (opcode == 8) return "";
      if (opcode == 9) frame(10, payload);
    }
  }

 private:
  void frame(unsigned opcode, std::string_view payload) {
    static constexpr std::string_view kMask = "\x12\x34\x56\x78";
    std::string bytes(1, static_cast<char>(0x80U | opcode));
    const bool small = payload.size() < 126;
    bytes += static_cast<char>(0x80U | (small ? payload.size() : 127U));
    if (!small) bytes += big_endian(payload.size(), 8);
    bytes += kMask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      bytes += static_cast<char>(payload[i] ^ kMask[i % 4]);
    }
    below_.write(bytes);
  }

  Pipe& below_;
};

}  // namespace

std::string Pipe::read_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = unread_.find(end)) == std::string::npos) {
    const std::string more = read();
    if (more.empty()) return std::exchange(unread_, {});
    unread_ += more;
  }
  std::string taken = unread_.substr(0, at + end.size());
  unread_.erase(0, taken.size());
  return taken;
}

std::string Pipe::read_exactly(std::size_t size) {
  while (unread_.size() < size) {
    const std::string more = read();
    if (more.empty()) break;
    unread_ += more;
  }
  std::string taken = unread_.substr(0, size);
  unread_.erase(0, taken.size());
  return taken;
}

std::string Pipe::read_to_end() {
  std::string all = std::exchange(unread_, {});
  for (std::string more; !(more = read()).empty();) all += more;
  return all;
}

std::unique_ptr<Pipe> dial(int port) { return std::make_unique<TcpPipe>(port); }

// ---- TLS ----

struct TlsPipe::Impl {
  explicit Impl(Pipe& pipe) : below(pipe) {}

  Pipe& below;
  std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context{SSL_CTX_new(TLS_client_method())};
  std::unique_ptr<SSL, FreeWith<SSL_free>> ssl;
};

namespace {

void trust(SSL_CTX* context, const std::string& ca_pem) {
  if (ca_pem.empty()) return;
  const Bio bio = reading(ca_pem);
  while (const Cert ca = cert_of(bio.get())) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get());
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

void show(SSL_CTX* context, const Credentials* who) {
  if (who == nullptr) return;
  const Key key(PEM_read_bio_PrivateKey(reading(who->key_pem).get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_certificate(context, cert_of(reading(who->cert_pem).get()).get());
  SSL_CTX_use_PrivateKey(context, key.get());
}

void offer_protocols(SSL* ssl, const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& name : protocols) wire.append(big_endian(name.size(), 1)).append(name);
  SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(wire.data()),
                      static_cast<unsigned>(wire.size()));
}

}  // namespace

TlsPipe::TlsPipe(Pipe& below, const TlsOffer& offer) : impl_(std::make_unique<Impl>(below)) {
  trust(impl_->context.get(), offer.ca_pem);
  show(impl_->context.get(), offer.who);
  impl_->ssl.reset(SSL_new(impl_->context.get()));
  SSL* ssl = impl_->ssl.get();
  if (!offer.protocols.empty()) offer_protocols(ssl, offer.protocols);
  SSL_set_tlsext_host_name(ssl, offer.server_name.c_str());
  if (!offer.ca_pem.empty()) SSL_set1_host(ssl, offer.server_name.c_str());
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  ERR_clear_error();
  int result = 0;
  while ((result = SSL_connect(ssl)) != 1) {
    push();
    if (SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ || !pull()) {
      fail();
      return;
    }
  }
  push();
}

TlsPipe::~TlsPipe() = default;

void TlsPipe::fail() { error_ = last_error(SSL_get_verify_result(impl_->ssl.get())); }

bool TlsPipe::pull() {
  const std::string bytes = impl_->below.read();
  BIO_write(SSL_get_rbio(impl_->ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
  return !bytes.empty();
}

void TlsPipe::push() {
  BIO* out = SSL_get_wbio(impl_->ssl.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) return;
  impl_->below.write({bytes, static_cast<std::size_t>(size)});
  BIO_reset(out);
}

void TlsPipe::write(std::string_view bytes) {
  SSL_write(impl_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
  push();
}

std::string TlsPipe::read() {
  std::array<char, kReadAtOnce> buffer{};
  SSL* ssl = impl_->ssl.get();
  while (true) {
    ERR_clear_error();
    const int size = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
    push();
    if (size > 0) return {buffer.data(), static_cast<std::size_t>(size)};
    if (SSL_get_error(ssl, size) != SSL_ERROR_WANT_READ) {
      fail();
      return "";
    }
    if (!pull()) return "";
  }
}

std::string TlsPipe::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->ssl.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsPipe::issuer() const {
  const X509* cert = SSL_get0_peer_certificate(impl_->ssl.get());
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_issuer_name(cert), NID_commonName, name.data(), name.size());
  return name.data();
}

bool TlsPipe::answers_to(const std::string& name) const {
  X509* cert = SSL_get0_peer_certificate(impl_->ssl.get());
  return X509_check_host(cert, name.c_str(), 0, 0, nullptr) == 1;
}

namespace {

// Keeps what is written, and is at its end.
class Tape final : public Pipe {
 public:
  void write(std::string_view bytes) override { written += bytes; }
  std::string read() override { return ""; }
  std::string written;
};

}  // namespace

std::string client_hello(const TlsOffer& offer) {
  Tape tape;
  const TlsPipe tls(tape, offer);
  return tape.written;
}

// ---- HTTP ----

std::string request(Pipe& pipe, const std::string& path, const std::string& headers) {
  pipe.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  return pipe.read_until("\r\n\r\n");
}

std::string get(Pipe& pipe, const std::string& path) {
  const std::string head = request(pipe, path);
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = head.find(kLength);
  if (at == std::string::npos) return head;
  return head + pipe.read_exactly(std::stoul(head.substr(at + kLength.size())));
}

std::unique_ptr<Pipe> ping_frames(Pipe& below) { return std::make_unique<PingFramesPipe>(below); }

std::unique_ptr<Pipe> websocket_frames(Pipe& below) {
  return std::make_unique<WebSocketPipe>(below);
}

std::string auth_protocol(const std::string& cluster) {
  std::string hex;
  for (const char c : cluster) {
    std::array<char, 3> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", static_cast<std::uint8_t>(c));
    hex += digits.data();
  }
  return "teleport-auth@" + hex + ".teleport.cluster.local";
}

// ---- HTTP/2 (RFC 9113) ----

bool answers_http2_ping(Pipe& pipe) {
  constexpr unsigned kPingFrame = 6;
  constexpr char kAcknowledged = 1;
  const std::string payload = "01234567";
  pipe.write(big_endian(8, 3) + big_endian(kPingFrame, 1) + std::string(5, '\0') + payload);
  while (true) {
    const std::string head = pipe.read_exactly(9);
    if (head.size() < 9) return false;
    const std::string body = pipe.read_exactly(number(head.substr(0, 3)));
    if (head[3] == kPingFrame && head[4] == kAcknowledged) return body == payload;
  }
}

bool speaks_http2(Pipe& pipe) {
  const std::string empty_settings("\0\0\0\x04\0\0\0\0\0", 9);
  pipe.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + empty_settings);
  return answers_http2_ping(pipe);
}

}  // namespace notifyd::sim
