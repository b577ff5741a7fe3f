#include "sim/teleport/caller.h"

#include <grpc/grpc_security_constants.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace notifyd::sim {
namespace {

using Cert = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Cert parse(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
}

std::set<std::string> values(const X509_NAME* name, int nid) {
  std::set<std::string> found;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    found.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                  static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return found;
}

std::optional<int> major_of(std::string_view version) {
  int major = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  const bool dotted = end != version.data() + version.size() && *end == '.';
  return error == std::errc() && dotted ? std::optional(major) : std::nullopt;
}

}  // namespace

Caller caller_of(const ::grpc::ServerContextBase& context) {
  const auto pem = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.empty()) return {};
  const Cert cert = parse({pem.front().data(), pem.front().size()});
  if (!cert) return {};
  const X509_NAME* subject = X509_get_subject_name(cert.get());
  const auto names = values(subject, NID_commonName);
  return {names.empty() ? "" : *names.begin(), values(subject, NID_organizationName)};
}

Result<> check_client_version(const ::grpc::ServerContextBase& context,
                              const std::string& server_version) {
  const auto found = context.client_metadata().find("version");
  if (found == context.client_metadata().end()) return Done{};
  const std::string said(found->second.data(), found->second.size());
  const auto client = major_of(said);
  if (client && *client + 1 >= major_of(server_version).value_or(0)) return Done{};
  return Error{Errc::kDenied, "client version \"" + said + "\" is unsupported, please upgrade"};
}

void AccessRules::allow(const std::string& kind, const std::string& verb) {
  const std::lock_guard lock(mutex_);
  rules_.emplace(kind, verb);
}

void AccessRules::deny(const std::string& kind, const std::string& verb) {
  const std::lock_guard lock(mutex_);
  rules_.erase({kind, verb});
}

bool AccessRules::may(const Caller& caller, const std::string& kind,
                      const std::string& verb) const {
  if (caller.is_admin() || caller.roles.contains("editor")) return true;
  const std::lock_guard lock(mutex_);
  return rules_.contains({kind, verb});
}

Rules plugin_rules() {
  return {{"access_request", "list"},
          {"access_request", "read"},
          {"access_plugin_data", "update"},
          {"access_monitoring_rule", "list"},
          {"access_monitoring_rule", "read"}};
}

}  // namespace notifyd::sim
