// A webhook instance on a fake host.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "instance.h"
#include "json.h"

namespace webhook_test {

using conformance::Answered;
using conformance::EventData;
using conformance::HttpCall;
using conformance::not_answered;
using conformance::RequestData;
using conformance::status;
using webhook::Json;

constexpr const char* kUrl = "https://hooks.example.com/T0/very-secret-path";
constexpr const char* kSecret = "signing-secret-0001";

class WebhookTest : public ::testing::Test {
 protected:
  WebhookTest() {
    set("webhook.url", kUrl);
    set("webhook.format", "event");
    set("webhook.method", "POST");
    set("webhook.content_type", "application/json");
    set("webhook.follow_ups", "true");
    set("webhook.interval", "0");
    set("webhook.timeout", "10000");
  }

  void set(const std::string& option, const std::string& value) {
    fake_.config.options[option] = {value};
  }
  void several_places() {
    fake_.config.options.erase("webhook.url");
    auto& endpoints = fake_.config.tables["endpoints"];
    endpoints["dev"] = {"https://dev.example.com/hook"};
    endpoints["ops"] = {"https://ops.example.com/hook"};
  }

  // "": it was created. Else what create() said.
  std::string start() {
    instance_ = std::make_unique<conformance::Instance>(notify_module_v1, fake_);
    if (instance_->runs()) return "";
    return fake_.logs.empty() ? "refused without a word" : fake_.logs.back().line;
  }

  notify_ticket deliver(const EventData& data = {}) {
    events_.push_back(std::make_unique<conformance::Event>(data));
    return instance_->deliver(events_.back()->get());
  }
  std::vector<notify::Recipient> route(const RequestData& request) {
    EventData data;
    data.request = request;
    const conformance::Event event(data);
    return answer(instance_->route(event.get())).recipients;
  }
  notify::Answer answer(notify_ticket ticket) {
    EXPECT_TRUE(fake_.answered(ticket)) << "ticket " << ticket << " is still open";
    if (!fake_.answered(ticket)) return {};
    EXPECT_EQ(fake_.answers[ticket].misuse, "");
    EXPECT_EQ(fake_.answers[ticket].times, 1U);
    return fake_.answers[ticket].answer;
  }
  // Of an event that is delivered and met with `reply`.
  notify::Answer answer_to(const conformance::HttpAnswer& reply, const EventData& data = {}) {
    const notify_ticket ticket = deliver(data);
    EXPECT_FALSE(fake_.pending.empty());
    if (!fake_.pending.empty()) fake_.reply(reply);
    return answer(ticket);
  }
  Json body() const { return Json::parse(fake_.calls.back().body); }

  conformance::FakeHost fake_;
  std::vector<std::unique_ptr<conformance::Event>> events_;
  std::unique_ptr<conformance::Instance> instance_;
};

}  // namespace webhook_test
