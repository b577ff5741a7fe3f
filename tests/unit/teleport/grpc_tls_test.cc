// What the connection to the Auth Service agrees to, whatever OpenSSL's configuration allows.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/conf.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "unit/teleport/grpc_world.h"

namespace notifyd::teleport {
namespace {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

// A server that speaks nothing newer than `max_version`; it notes what was agreed with each client.
class OldServer {
 public:
  OldServer(const sim::Credentials& certificate, const std::string& dir, int max_version)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        context_(SSL_CTX_new(TLS_server_method())) {
    sim::write_private_file(dir + "/server.key", certificate.key_pem);
    sim::write_private_file(dir + "/server.crt", certificate.cert_pem);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    SSL_CTX_use_PrivateKey_file(context_.get(), (dir + "/server.key").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_certificate_file(context_.get(), (dir + "/server.crt").c_str(), SSL_FILETYPE_PEM);
    listen();
    thread_ = std::thread([this] { serve(); });
  }
  OldServer(const OldServer&) = delete;
  OldServer& operator=(const OldServer&) = delete;
  ~OldServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  int tried() const { return tried_; }
  int agreed() const { return agreed_; }

 private:
  void listen() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
  }
  void serve() {
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(client)) {
      const SslPtr ssl(SSL_new(context_.get()));
      SSL_set_fd(ssl.get(), client);
      if (SSL_accept(ssl.get()) == 1) ++agreed_;
      ++tried_;
    }
  }

  int listener_;
  ContextPtr context_;
  int port_ = 0;
  std::atomic<int> tried_{0}, agreed_{0};
  std::thread thread_;
};

class GrpcTlsTest : public GrpcWorld {
 protected:
  // As OPENSSL_CONF would, for all that is made from now on.
  void weaken_openssl() {
    const std::string path = dir_.path("weak.cnf");
    std::ofstream(path) << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                           "system_default = weak\n[weak]\nMinProtocol = TLSv1\n"
                           "CipherString = ALL:@SECLEVEL=0\n";
    ASSERT_EQ(CONF_modules_load_file(path.c_str(), nullptr, 0), 1);
  }

  // Whether OpenSSL by itself agrees with the server.
  static bool openssl_agrees(const OldServer& server) {
    const ContextPtr context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<BIO, FreeWith<BIO_free_all>> bio(BIO_new_ssl_connect(context.get()));
    BIO_set_conn_hostname(bio.get(), server.address().c_str());
    return BIO_do_connect(bio.get()) == 1;
  }

  std::string dial_to(const OldServer& server) {
    thread_.on([&] {
      dialer_.emplace(thread_.engine(), *http_,
                      GrpcDialerOptions{{server.address()}, options().credentials});
    });
    const auto connected = dial();
    return connected ? "" : connected.error().message;
  }
  sim::Credentials server_certificate() const {
    const auto now = std::chrono::system_clock::now();
    return pki_.issue_server(now - std::chrono::hours(1), now + std::chrono::hours(1));
  }
};

TEST_F(GrpcTlsTest, NothingBelowTls12IsSpokenEvenWhereOpensslWould) {
  weaken_openssl();
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    const OldServer server(server_certificate(), dir_.path(), version);
    ASSERT_TRUE(openssl_agrees(server)) << "else this test proves nothing";
    ASSERT_TRUE(test::wait_until([&] { return server.tried() == 1; }));
    EXPECT_EQ(server.agreed(), 1);
    EXPECT_NE(dial_to(server), "");
    EXPECT_TRUE(test::wait_until([&] { return server.tried() > 1; }));
    EXPECT_EQ(server.agreed(), 1);
  }
}

TEST_F(GrpcTlsTest, Tls12IsSpoken) {
  const OldServer server(server_certificate(), dir_.path(), TLS1_2_VERSION);
  EXPECT_NE(dial_to(server), "") << "it is no Auth Service";
  EXPECT_TRUE(test::wait_until([&] { return server.agreed() > 0; }));
}

}  // namespace
}  // namespace notifyd::teleport
