// Browser: headless Chromium, driven through chromedriver's WebDriver interface.
#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "support/process.h"
#include "support/temp_dir.h"

namespace notifyd::test {

class Browser {
 public:
  using Json = nlohmann::json;

  // Throws std::runtime_error when the browser cannot be started.
  Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser();

  void resize(int width, int height);
  void open(const std::string& url);
  // Runs a function body in the page and gives what it returns.
  Json run(const std::string& script);
  // Waits until an expression in the page is true.
  bool eventually(const std::string& expression,
                  std::chrono::milliseconds limit = std::chrono::seconds(20));
  // As a person does: scrolls there and clicks; an element that is covered or hidden is an error.
  void click(const std::string& css);
  void screenshot(const std::string& path);

 private:
  Json call(const char* method, const std::string& path, const Json& body = Json::object());

  TempDir profile_;
  std::unique_ptr<Process> driver_;
  std::string address_;  // of chromedriver
  std::string session_;  // "/session/<id>"
};

}  // namespace notifyd::test
