// Transfer: one request on one libcurl handle, and what became of it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "base/proxy.h"
#include "net/answer_room.h"
#include "net/http.h"
#include "net/url.h"

namespace notifyd::net {

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

// What every transfer of a daemon shares.
struct TransferSettings {
  std::string ca_file;
  std::size_t max_response = 0;
  std::shared_ptr<AnswerRoom> room;
  std::chrono::seconds unacknowledged{0};
  std::chrono::seconds connection_lifetime{0};
  Proxy http_proxy, https_proxy;  // for URLs of these schemes
  std::string no_proxy;           // hosts that are reached past them
};

// Why this request, whose URL is `url`, cannot be sent at all: a method or header that HTTP does
// not allow, a way that others could read it on, or a proxy that is none.
std::optional<std::string> refuse(const HttpRequest& request, const Url& url,
                                  const TransferSettings& shared);

// [HTTP thread] Its address is known to libcurl, so it stays where it is.
class Transfer {
 public:
  // `request`, and its `url`, have passed refuse(). `easy` ends with the transfer: its buffers hold
  // the request.
  Transfer(Easy easy, HttpRequest request, Url url, std::uint32_t timeout_ms,
           const TransferSettings& shared);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  // Before libcurl forgets the connection that was asked for.
  void keep_socket();
  HttpResponse finish(CURLcode code);

 private:
  void set_request();
  void set_headers();
  void set_connect_only();
  void set_safety(const TransferSettings& shared);
  void set_trust(const TransferSettings& shared);
  void set_callbacks();

  bool may_have_left() const;
  long request_bytes() const;
  std::string explain(CURLcode code) const;

  // libcurl's callbacks; `user` is the Transfer.
  static std::size_t on_read(char* to, std::size_t size, std::size_t count, void* user);
  static int on_rewind(void* user, curl_off_t offset, int origin);
  static std::size_t on_body(char* from, std::size_t size, std::size_t count, void* user);
  static std::size_t on_header(char* from, std::size_t size, std::size_t count, void* user);
  static int on_socket(void* user, curl_socket_t socket, curlsocktype purpose);
  static int on_connected(void* user, char*, char*, int, int);

  void take_header(std::string_view line);
  bool has_room(std::size_t more);
  bool refuse_answer(std::string why);

  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  Easy easy_;
  HttpRequest request_;
  Url url_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::size_t max_response_;
  std::chrono::milliseconds unacknowledged_;
  std::shared_ptr<RoomShare> room_;
  std::size_t header_bytes_ = 0, header_lines_ = 0;  // of 1xx answers and trailers too
  std::string refused_;                              // why the rest of the answer is not taken
  std::size_t body_read_ = 0;                        // bytes of the body that libcurl has taken
  std::optional<long> bytes_before_us_;  // request bytes sent before ours, to the proxy; set once
                                         // a connection is ready for our first byte
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace notifyd::net
