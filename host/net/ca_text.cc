#include "net/ca_text.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "net/openssl_ptr.h"

namespace notifyd::net {
namespace {

// After a certificate could not be read: whether that is because there are no more.
bool at_end() {
  const unsigned long why = ERR_peek_last_error();
  ERR_clear_error();
  return ERR_GET_LIB(why) == ERR_LIB_PEM && ERR_GET_REASON(why) == PEM_R_NO_START_LINE;
}

std::string text_in(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Result<CaText> read_ca_text(const std::string& pem) {
  const BioPtr from = bio_of(pem);
  const BioPtr to(BIO_new(BIO_s_mem()));
  int count = 0;
  ERR_clear_error();
  while (const CertPtr next{PEM_read_bio_X509(from.get(), nullptr, no_passphrase, nullptr)}) {
    PEM_write_bio_X509(to.get(), next.get());
    ++count;
  }
  if (!at_end()) {
    return invalid("has a certificate that cannot be read, number " + std::to_string(count + 1) +
                   "; copy the CA's certificate anew, with its BEGIN and END lines");
  }
  if (count == 0) {
    return invalid(
        "holds no certificate; it must have the CA's as a PEM block, which begins with "
        "-----BEGIN CERTIFICATE-----");
  }
  return std::make_shared<const std::string>(text_in(to.get()));
}

bool same_cas(const CaText& a, const CaText& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

}  // namespace notifyd::net
