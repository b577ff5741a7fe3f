#include "support/raw_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <regex>
#include <stdexcept>

#include "base/thread.h"

namespace notifyd::test {
namespace {

struct Bound {
  int fd;
  std::uint16_t port;
};

Bound bind_loopback() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no loopback port");
  }
  return {fd, ntohs(address.sin_port)};
}

std::string pem_of(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  if (write(bio.get()) != 1) throw std::runtime_error("PEM cannot be written");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int nid, const char* value) {
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value), &X509_EXTENSION_free);
  X509_add_ext(certificate, extension.get(), -1);
}

template <class T, class Read>
std::unique_ptr<T, void (*)(T*)> read_pem(const std::string& pem, Read read, void (*drop)(T*)) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  return {read(bio.get(), nullptr, nullptr, nullptr), drop};
}

std::shared_ptr<void> tls_context(const ServerCertificate& identity) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const auto certificate = read_pem<X509>(identity.certificate_pem, PEM_read_bio_X509, &X509_free);
  const auto key = read_pem<EVP_PKEY>(identity.key_pem, PEM_read_bio_PrivateKey, &EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  if (identity.old_tls) {
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  }
  return context;
}

std::size_t content_length(const std::string& head) {
  static const std::regex kLength("\\r\\ncontent-length: *([0-9]+)", std::regex::icase);
  std::smatch found;
  return std::regex_search(head, found, kLength) ? std::stoul(found[1]) : 0;
}

}  // namespace

ServerCertificate self_signed_certificate(const std::string& names) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
  X509* const x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key.get());
  X509_NAME* const name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(x, name);
  if (!names.empty()) add_extension(x, NID_subject_alt_name, names.c_str());
  add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(x, key.get(), EVP_sha256());
  return {pem_of([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          }),
          pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, x); })};
}

class RawHttpServer::Connection final : public RawConnection {
 public:
  Connection(RawHttpServer& server, int fd) : server_(server), fd_(fd) {}

  // False: the client did not like our certificate.
  bool start_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_accept(ssl_.get()) == 1;
  }

  std::string read_request() override {
    std::size_t head_end = 0;
    while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return "";
    }
    const std::size_t size = head_end + 4 + content_length(buffer_.substr(0, head_end));
    while (buffer_.size() < size) {
      if (!fill()) return "";
    }
    std::string request = buffer_.substr(0, size);
    buffer_.erase(0, size);
    server_.remember(request);
    return request;
  }

  void wait_for_bytes() override {
    char first = 0;
    static_cast<void>(recv(fd_, &first, 1, MSG_PEEK));
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const long n = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  void reset() override {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

  void wait_for_close() override {
    while (fill()) buffer_.clear();
  }

 private:
  bool fill() {
    char chunk[16384];
    const long n =
        ssl_ ? SSL_read(ssl_.get(), chunk, sizeof chunk) : recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }

  struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  RawHttpServer& server_;
  int fd_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  std::string buffer_;
};

RawHttpServer::RawHttpServer(Serve serve, const ServerCertificate* tls) : serve_(std::move(serve)) {
  if (tls != nullptr) tls_ = tls_context(*tls);
  const Bound bound = bind_loopback();
  listener_ = bound.fd;
  port_ = bound.port;
  listen(listener_, 128);
  acceptor_ = start_thread("raw-accept", [this] { accept_all(); });
}

RawHttpServer::~RawHttpServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  for (auto& thread : threads_) thread.join();
}

void RawHttpServer::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    if (stopping_) shutdown(fd, SHUT_RDWR);
    // SIGPIPE is blocked there: OpenSSL has no MSG_NOSIGNAL.
    threads_.push_back(
        start_thread("raw-serve", [this, fd, number = connections_++] { serve_one(fd, number); }));
  }
}

void RawHttpServer::serve_one(int fd, int number) {
  {
    Connection connection(*this, fd);
    if (!tls_ || connection.start_tls(static_cast<SSL_CTX*>(tls_.get())))
      serve_(connection, number);
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  close(fd);
}

void RawHttpServer::remember(const std::string& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
}

std::vector<std::string> RawHttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string RawHttpServer::url(const std::string& path) const {
  return std::string(tls_ ? "https" : "http") + "://127.0.0.1:" + std::to_string(port_) + path;
}

ClosedPort::ClosedPort() {
  const Bound bound = bind_loopback();
  socket_ = bound.fd;
  number_ = bound.port;
}

ClosedPort::~ClosedPort() { close(socket_); }

std::string http_answer(int status, std::string_view body, std::string_view extra_headers) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: ";
  answer += std::to_string(body.size()) + "\r\n";
  answer.append(extra_headers).append("\r\n").append(body);
  return answer;
}

}  // namespace notifyd::test
