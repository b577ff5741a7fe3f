// A notifier that does nothing but the calls: what gRPC and libcurl cost by themselves.
//
// It follows the stream of Access Requests and makes of each the calls that the daemon makes, with
// as many bytes: it claims the request in its plugin data, posts, and records what was posted; when
// the request is resolved it claims, edits, reacts, and records. It decides nothing, keeps nothing
// right when anything fails, and leaves at the first failure. For floor_bench alone.
//
//   floor_client --auth HOST:PORT --credentials DIR --slack URL --token TOKEN
//                [--post-bytes N] [--edit-bytes N] [--record-bytes N]
//
// DIR has ca.pem, cert.pem and key.pem.
#include <curl/curl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "authservice.grpc.pb.h"

namespace {

constexpr std::size_t kUnderWay = 64;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "floor_client: %s\n", why.c_str());
  std::_Exit(1);
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Options {
  std::string auth, credentials, slack, token;
  std::size_t post_bytes = 1'500, edit_bytes = 1'500, record_bytes = 300;
};

// ---- Slack ----

// One libcurl loop, with handles that are used again.
class Posts {
 public:
  using Done = std::function<void(const std::string& answer)>;  // [the loop's thread]

  explicit Posts(const Options& options) : base_(options.slack), multi_(curl_multi_init()) {
    headers_ = curl_slist_append(headers_, ("Authorization: Bearer " + options.token).c_str());
    headers_ = curl_slist_append(headers_, "Content-Type: application/json; charset=utf-8");
    headers_ = curl_slist_append(headers_, "Expect:");
    thread_ = std::thread([this] { run(); });
  }
  Posts(const Posts&) = delete;
  Posts& operator=(const Posts&) = delete;
  ~Posts() {
    stop_ = true;
    curl_multi_wakeup(multi_);
    thread_.join();
  }

  void send(const std::string& method, std::string body, Done done) {
    const std::lock_guard lock(mutex_);
    new_.push_back({base_ + method, std::move(body), std::move(done), {}});
    curl_multi_wakeup(multi_);
  }

 private:
  struct Post {
    std::string url, body;
    Done done;
    std::string answer;
  };

  static std::size_t on_body(char* from, std::size_t size, std::size_t count, void* post) {
    static_cast<Post*>(post)->answer.append(from, size * count);
    return size * count;
  }

  void run() {
    while (!stop_) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      finish();
      take_new();
      while (!waiting_.empty() && under_way_.size() < kUnderWay) start();
      curl_multi_poll(multi_, nullptr, 0, 60'000, nullptr);
    }
  }
  void take_new() {
    const std::lock_guard lock(mutex_);
    std::move(new_.begin(), new_.end(), std::back_inserter(waiting_));
    new_.clear();
  }
  void start() {
    CURL* easy = curl_easy_init();
    if (!idle_.empty()) {
      curl_easy_cleanup(easy);
      easy = idle_.back();
      idle_.pop_back();
    }
    Post& post = under_way_[easy] = std::move(waiting_.front());
    waiting_.pop_front();
    curl_easy_setopt(easy, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(post.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post.body.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Posts::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &post);
    curl_multi_add_handle(multi_, easy);
  }
  void finish() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      if (message->data.result != CURLE_OK) fail(curl_easy_strerror(message->data.result));
      curl_multi_remove_handle(multi_, easy);
      const Post post = std::move(under_way_.extract(easy).mapped());
      idle_.push_back(easy);
      post.done(post.answer);
    }
  }

  const std::string base_;
  CURLM* const multi_;
  curl_slist* headers_ = nullptr;
  std::map<CURL*, Post> under_way_;
  std::vector<CURL*> idle_;
  std::deque<Post> waiting_;
  std::mutex mutex_;
  std::vector<Post> new_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// ---- Teleport ----

class Auth {
 public:
  explicit Auth(const Options& options) {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = contents(options.credentials + "/ca.pem");
    tls.pem_private_key = contents(options.credentials + "/key.pem");
    tls.pem_cert_chain = contents(options.credentials + "/cert.pem");
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("teleport.cluster.local");
    stub_ = proto::AuthService::NewStub(
        grpc::CreateCustomChannel(options.auth, grpc::SslCredentials(tls), arguments));
  }

  // `done` comes on one of gRPC's threads.
  void write(const std::string& id, const std::string& set, const std::string& expect,
             std::function<void()> done) {
    struct Call {
      grpc::ClientContext context;
      types::PluginDataUpdateParams request;
      google::protobuf::Empty answer;
    };
    auto call = std::make_shared<Call>();
    call->request.set_kind("access_request");
    call->request.set_resource(id);
    call->request.set_plugin("slack");
    auto& item = *call->request.add_set();
    item.set_key("notifyd");
    item.set_value(set);
    auto& before = *call->request.add_expect();
    before.set_key("notifyd");
    before.set_value(expect);
    stub_->async()->UpdatePluginData(&call->context, &call->request, &call->answer,
                                     [call, done = std::move(done)](const grpc::Status& status) {
                                       if (!status.ok()) fail(status.error_message());
                                       done();
                                     });
  }

  // Until the stream ends.
  void follow(const std::function<void(const types::AccessRequest&)>& take) {
    grpc::ClientContext context;
    proto::Watch watch;
    watch.add_kinds()->set_kind("access_request");
    const auto reader = stub_->WatchEvents(&context, watch);
    proto::Event event;
    while (reader->Read(&event)) {
      types::AccessRequest request;
      if (event.type() != proto::PUT || !request.ParseFromString(event.access_request())) continue;
      take(request);
    }
    fail("the stream is over: " + reader->Finish().error_message());
  }

 private:
  std::unique_ptr<proto::AuthService::Stub> stub_;
};

// ---- The notifier ----

std::string text_at(const std::string& json, const std::string& key) {
  const std::string start = "\"" + key + "\":\"";
  const auto at = json.find(start);
  if (at == std::string::npos) fail("Slack answers " + json.substr(0, 200));
  const auto from = at + start.size();
  return json.substr(from, json.find('"', from) - from);
}

class Notifier {
 public:
  explicit Notifier(const Options& options) : options_(options), posts_(options), auth_(options) {}

  void run() {
    auth_.follow([this](const types::AccessRequest& wire) {
      const std::string& id = wire.metadata().name();
      if (wire.spec().state() == types::PENDING) {
        const auto one = std::make_shared<One>();
        one->id = id;
        one->channel = "#burst-" + wire.spec().roles(0).substr(std::string("role-").size());
        {
          const std::lock_guard lock(mutex_);
          ones_[id] = one;
        }
        announce(one);
      } else {
        const std::lock_guard lock(mutex_);
        if (const auto one = ones_.extract(id)) resolve(one.mapped());
      }
    });
  }

 private:
  struct One {
    std::string id, channel, ts;
    std::string record;  // as it was written last
    unsigned writes = 0;
  };
  using OnePtr = std::shared_ptr<One>;

  void write(const OnePtr& one, std::function<void()> done) {
    std::string next = std::to_string(++one->writes) + " ";
    next.resize(options_.record_bytes, 'r');
    const std::string before = std::exchange(one->record, std::move(next));
    auth_.write(one->id, one->record, before, std::move(done));
  }

  // A body of so many bytes that is all one text.
  static std::string body(const std::string& head, std::size_t bytes) {
    std::string text = head + R"(,"text":")";
    text.resize(std::max(bytes, text.size() + 4) - 2, 't');
    return text + "\"}";
  }
  std::string message_of(const OnePtr& one) const {
    return R"({"channel":")" + one->channel + R"(","ts":")" + one->ts + "\"";
  }

  void announce(const OnePtr& one) {
    write(one, [this, one] {
      posts_.send("chat.postMessage",
                  body(R"({"channel":")" + one->channel + "\"", options_.post_bytes),
                  [this, one](const std::string& answer) {
                    one->channel = text_at(answer, "channel");
                    one->ts = text_at(answer, "ts");
                    write(one, [] {});
                  });
    });
  }

  void resolve(const OnePtr& one) {
    write(one, [this, one] {
      posts_.send("chat.update", body(message_of(one), options_.edit_bytes),
                  [this, one](const std::string&) { react(one); });
    });
  }

  void react(const OnePtr& one) {
    posts_.send("reactions.add",
                R"({"channel":")" + one->channel + R"(","timestamp":")" + one->ts +
                    R"(","name":"white_check_mark"})",
                [this, one](const std::string&) { write(one, [] {}); });
  }

  const Options& options_;
  Posts posts_;
  Auth auth_;
  std::mutex mutex_;
  std::map<std::string, OnePtr> ones_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The calls of a notifier, and nothing else");
  app.add_option("--auth", options.auth, "host:port")->required();
  app.add_option("--credentials", options.credentials, "directory with PEM files")->required();
  app.add_option("--slack", options.slack, "base of the Web API")->required();
  app.add_option("--token", options.token)->required();
  app.add_option("--post-bytes", options.post_bytes);
  app.add_option("--edit-bytes", options.edit_bytes);
  app.add_option("--record-bytes", options.record_bytes);
  CLI11_PARSE(app, argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Notifier(options).run();
  return 0;
}
