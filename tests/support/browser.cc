#include "support/browser.h"

#include <httplib.h>
#include <openssl/evp.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <vector>

#include "support/wait.h"

namespace notifyd::test {
namespace {

using Json = Browser::Json;

// What WebDriver calls an element in its answers.
constexpr char kElement[] = "element-6066-11e4-a52e-4f735466cecf";

std::string decoded(const std::string& base64) {
  std::vector<unsigned char> bytes(base64.size());
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                      static_cast<int>(base64.size()));
  return {bytes.begin(), bytes.begin() + std::max(size, 0)};
}

Json capabilities(const std::string& profile) {
  // Nothing of the browser's own may go to the network, which tests do not have.
  const Json arguments = {"--headless=new",
                          "--no-sandbox",
                          "--disable-gpu",
                          "--disable-quic",
                          "--disable-dev-shm-usage",
                          "--no-first-run",
                          "--disable-background-networking",
                          "--disable-component-update",
                          "--disable-sync",
                          "--disable-extensions",
                          "--hide-scrollbars",
                          "--force-prefers-reduced-motion",
                          "--window-size=1440,900",
                          "--user-data-dir=" + profile};
  Json options;
  options["args"] = arguments;
  Json match;
  match["browserName"] = "chrome";
  match["goog:chromeOptions"] = options;
  Json body;
  body["capabilities"]["alwaysMatch"] = match;
  return body;
}

}  // namespace

Browser::Browser()
    : driver_(std::make_unique<Process>(std::vector<std::string>{"chromedriver", "--port=0"})) {
  const std::regex said("successfully on port ([0-9]+)");
  std::smatch port;
  std::string text;
  const auto started = [&] { return text = driver_->out(), std::regex_search(text, port, said); };
  if (!wait_until(started))
    throw std::runtime_error("chromedriver did not start: " + driver_->err());
  address_ = "http://127.0.0.1:" + port[1].str();
  session_ =
      "/session/" +
      call("POST", "/session", capabilities(profile_.path()))["sessionId"].get<std::string>();
}

Browser::~Browser() {
  try {
    if (!session_.empty()) call("DELETE", session_);
  } catch (const std::exception&) {
    // The driver is killed next, and its browser with it.
  }
}

Json Browser::call(const char* method, const std::string& path, const Json& body) {
  httplib::Client client(address_);
  client.set_read_timeout(60);
  const std::string text = body.dump();
  const auto answer = std::string_view(method) == "GET" ? client.Get(path)
                      : std::string_view(method) == "DELETE"
                          ? client.Delete(path)
                          : client.Post(path, text, "application/json");
  if (!answer)
    throw std::runtime_error("chromedriver does not answer: " + httplib::to_string(answer.error()));
  Json json = Json::parse(answer->body, nullptr, false);
  Json value = json.is_object() ? json["value"] : Json();
  if (answer->status != 200)
    throw std::runtime_error(path + ": " + value.value("message", answer->body));
  return value;
}

void Browser::resize(int width, int height) {
  call("POST", session_ + "/window/rect", {{"width", width}, {"height", height}});
}

void Browser::open(const std::string& url) { call("POST", session_ + "/url", {{"url", url}}); }

Json Browser::run(const std::string& script) {
  return call("POST", session_ + "/execute/sync", {{"script", script}, {"args", Json::array()}});
}

bool Browser::eventually(const std::string& expression, std::chrono::milliseconds limit) {
  return wait_until([&] { return run("return !!(" + expression + ");").get<bool>(); }, limit);
}

void Browser::click(const std::string& css) {
  const Json found =
      call("POST", session_ + "/element", {{"using", "css selector"}, {"value", css}});
  call("POST", session_ + "/element/" + found[kElement].get<std::string>() + "/click");
}

void Browser::screenshot(const std::string& path) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary)
      << decoded(call("GET", session_ + "/screenshot").get<std::string>());
}

}  // namespace notifyd::test
