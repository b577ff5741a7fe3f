#include "support/middleboxes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#include <map>
#include <stdexcept>

#include "base/fd.h"
#include "support/wait.h"

namespace notifyd::test {
namespace {

constexpr char kNginx[] = R"(daemon off;
master_process off;
error_log stderr notice;
pid @DIR@/pid;
events {}
http {
  access_log off;
  client_body_temp_path @DIR@/body;
  proxy_temp_path @DIR@/proxied;
  fastcgi_temp_path @DIR@/fastcgi;
  uwsgi_temp_path @DIR@/uwsgi;
  scgi_temp_path @DIR@/scgi;
  server {
    listen @ADDRESS@ ssl;
    ssl_certificate @DIR@/certificate.pem;
    ssl_certificate_key @DIR@/key.pem;
    location / {
      proxy_pass https://127.0.0.1:@BEHIND@;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "Upgrade";
      proxy_set_header Host $host;
    }
  }
}
)";

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "@" + name + "@";
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

bool takes_connections(int port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

}  // namespace

void Middlebox::run(std::vector<std::string> command) {
  command_ = std::move(command);
  start();
}

void Middlebox::start() {
  process_ = std::make_unique<Process>(command_);
  if (wait_until([this] { return takes_connections(port()) || !process_->running(); }) &&
      process_->running()) {
    return;
  }
  throw std::runtime_error(command_.front() + " does not run: " + log());
}

void Middlebox::restart() {
  process_->signal(SIGKILL);
  process_->wait();
  start();
}

TcpLoadBalancer::TcpLoadBalancer(int behind) {
  const std::string config =
      dir_.write("haproxy.cfg",
                 "defaults\n"
                 "  mode tcp\n"
                 "  timeout connect 5s\n"
                 "  timeout client 1h\n"
                 "  timeout server 1h\n"
                 "frontend teleport\n"
                 "  bind " +
                     address() +
                     "\n"
                     "  tcp-request inspect-delay 5s\n"
                     "  tcp-request content accept if { req.ssl_hello_type 1 }\n"
                     "  use_backend auth if { req.ssl_sni teleport.cluster.local }\n"
                     "  default_backend web\n"
                     "backend auth\n"
                     "  server proxy 127.0.0.1:" +
                     std::to_string(behind) +
                     " check inter 100ms\n"
                     "backend web\n"
                     "  server proxy 127.0.0.1:" +
                     std::to_string(behind) + " check inter 100ms\n");
  run({"/usr/sbin/haproxy", "-db", "-f", config});
}

HttpLoadBalancer::HttpLoadBalancer(int behind) {
  const ServerCertificate certificate = self_signed_certificate();
  dir_.write("certificate.pem", certificate.certificate_pem);
  dir_.write("key.pem", certificate.key_pem);
  const std::string config = filled(
      kNginx, {{"DIR", dir_.path()}, {"ADDRESS", address()}, {"BEHIND", std::to_string(behind)}});
  run({"/usr/sbin/nginx", "-c", dir_.write("nginx.conf", config), "-p", dir_.path(), "-e",
       "stderr"});
}

HttpProxy::HttpProxy() {
  const std::string config = dir_.write("tinyproxy.conf", "Port " + std::to_string(port()) +
                                                              "\n"
                                                              "Listen 127.0.0.1\n"
                                                              "Timeout 600\n"
                                                              "MaxClients 100\n"
                                                              "BasicAuth notifyd " +
                                                              kPassword + "\n");
  run({"/usr/bin/tinyproxy", "-d", "-c", config});
}

}  // namespace notifyd::test
