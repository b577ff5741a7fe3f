// The proxy's web side: /webapi/find, /webapi/ping and /webapi/connectionupgrade over HTTP/1.1.
#pragma once

#include <memory>
#include <string>

#include "sim/proxy/connection.h"
#include "sim/proxy/frames.h"
#include "sim/proxy/http_text.h"
#include "sim/proxy/layer.h"

namespace notifyd::sim {

class WebLayer final : public Upper {
 public:
  WebLayer(Connection& connection, Lower& below) : connection_(connection), below_(below) {}

  void received(std::string_view bytes) override;

 private:
  void answer(const HttpHead& request);
  void answer_find();
  void dribble(const std::string& text);
  void upgrade(const HttpHead& request);
  void upgrade_legacy(const std::string& kind);
  void upgrade_websocket(const HttpHead& request);
  void carry_frames(std::unique_ptr<Frames> frames, bool pings);
  void refuse(int status, const std::string& why);

  Connection& connection_;
  Lower& below_;
  std::string unread_;
  std::unique_ptr<Upper> upgraded_;
};

}  // namespace notifyd::sim
