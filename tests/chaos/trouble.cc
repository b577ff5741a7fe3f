#include "chaos/trouble.h"

#include <algorithm>
#include <numeric>

namespace notifyd::chaos {
namespace {

using sim::AuthFault;
using sim::AuthMethod;
using sim::Fault;
using std::chrono::seconds;

constexpr Millis kBlink{500};

// ---- Slack ----

TroubleKind slack(std::string name, int weight, Millis least, Millis most, const Fault& fault) {
  return {std::move(name),
          weight,
          least,
          most,
          [fault](Stage& stage, std::uint64_t seed) {
            stage.world.slack.faults().seed(seed);
            stage.world.slack.faults().add(fault);
          },
          [](Stage& stage) { stage.world.slack.faults().clear(); }};
}

TroubleKind slack_away() {
  return {"is away",
          2,
          seconds(1),
          seconds(8),
          [](Stage& stage, std::uint64_t) { stage.world.slack.stop(); },
          [](Stage& stage) { stage.world.slack.start(); }};
}

TroubleKind slack_limits() {
  return {"limits each channel to three posts a second",
          3,
          seconds(5),
          seconds(20),
          [](Stage& stage, std::uint64_t) {
            stage.world.slack.set_limits({{std::string(sim::kPostPerChannel), {3, 3}}});
          },
          [](Stage& stage) { stage.world.slack.set_limits(stage.limits); }};
}

Side slack_side() {
  return {
      "Slack",
      seconds(6),
      {
          slack("503", 3, seconds(2), seconds(15), Fault::http(503).with_probability(0.8)),
          slack("500 after effect", 3, seconds(2), seconds(10),
                Fault::http(500).after_effect().with_probability(0.3)),
          slack("429", 3, seconds(2), seconds(8), Fault::rate_limited("2").with_probability(0.3)),
          slack("429 with nonsense", 1, seconds(1), seconds(2),
                Fault::rate_limited("soon").times(2)),
          slack("resets", 3, seconds(2), seconds(10), Fault::reset().with_probability(0.4)),
          slack("resets after effect", 4, seconds(2), seconds(10),
                Fault::reset().after_effect().with_probability(0.3)),
          slack("answers cut off", 2, seconds(2), seconds(10),
                Fault::truncated_json().after_effect().with_probability(0.3)),
          slack("answers shorter than promised", 2, seconds(2), seconds(10),
                Fault::wrong_length().after_effect().with_probability(0.3)),
          slack("HTML with 200", 2, seconds(2), seconds(10),
                Fault::html_200().with_probability(0.3)),
          slack("HTML with 200 after effect", 2, seconds(2), seconds(10),
                Fault::html_200().after_effect().with_probability(0.3)),
          slack("slow", 3, seconds(3), seconds(20),
                Fault::delay(Millis(2000)).with_probability(0.5)),
          slack("slow answers", 2, seconds(3), seconds(20),
                Fault::delay(Millis(3000)).after_effect().with_probability(0.3)),
          // The daemon waits for 30 s, and such calls hold its few connections.
          slack("answers after the time-out", 2, seconds(5), seconds(10),
                Fault::delay(seconds(33)).after_effect().times(4).with_probability(0.3)),
          slack("never answers", 2, seconds(5), seconds(10),
                Fault::no_answer().after_effect().times(4).with_probability(0.3)),
          slack("refuses the token", 1, kBlink, seconds(2), Fault::code("token_expired")),
          slack("has trouble of its own", 2, seconds(2), seconds(8),
                Fault::code("fatal_error").after_effect().with_probability(0.3)),
          slack_away(),
          slack_limits(),
      }};
}

// ---- The Auth Service ----

TroubleKind auth(std::string name, int weight, Millis least, Millis most, AuthMethod method,
                 const AuthFault& fault) {
  return {std::move(name),
          weight,
          least,
          most,
          [method, fault](Stage& stage, std::uint64_t) {
            stage.world.auth.faults().set(method, fault);
          },
          [method](Stage& stage) { stage.world.auth.faults().clear(method); }};
}

// What only those see who connect.
TroubleKind auth_at_connect(std::string name, AuthMethod method, const AuthFault& fault) {
  TroubleKind kind = auth(std::move(name), 1, seconds(2), seconds(8), method, fault);
  kind.begin = [set = kind.begin](Stage& stage, std::uint64_t seed) {
    set(stage, seed);
    stage.world.auth.drop_streams();
  };
  return kind;
}

TroubleKind auth_quirk(std::string name, const sim::AuthQuirks& quirks) {
  return {std::move(name),
          1,
          seconds(2),
          seconds(8),
          [quirks](Stage& stage, std::uint64_t) {
            stage.world.auth.faults().set_quirks(quirks);
            stage.world.auth.drop_streams();
          },
          [](Stage& stage) { stage.world.auth.faults().set_quirks({}); }};
}

TroubleKind auth_away() {
  return {"is away",
          3,
          kBlink,
          seconds(8),
          [](Stage& stage, std::uint64_t) { stage.world.auth.stop(); },
          [](Stage& stage) { stage.world.auth.start(); }};
}

TroubleKind streams_dropped() {
  return {"drops the event streams",
          4,
          Millis(0),
          kBlink,
          [](Stage& stage, std::uint64_t) { stage.world.auth.drop_streams(); },
          [](Stage&) {}};
}

TroubleKind streams_stall() {
  return {"is silent on open event streams",
          3,
          seconds(2),
          seconds(20),
          [](Stage& stage, std::uint64_t) { stage.world.auth.stall_streams(true); },
          [](Stage& stage) { stage.world.auth.stall_streams(false); }};
}

AuthFault fails(::grpc::StatusCode code, double probability, bool answer_lost = false) {
  AuthFault fault;
  fault.code = code;
  fault.probability = probability;
  fault.answer_lost = answer_lost;
  return fault;
}

AuthFault late(Millis delay, double probability) {
  AuthFault fault;
  fault.delay = delay;
  fault.probability = probability;
  return fault;
}

Side auth_side() {
  using enum ::grpc::StatusCode;
  using enum AuthMethod;
  return {"Auth Service",
          seconds(6),
          {
              auth_away(),
              streams_dropped(),
              streams_stall(),
              auth("refuses writes of records", 4, seconds(2), seconds(15), kUpdatePluginData,
                   fails(FAILED_PRECONDITION, 0.5)),
              auth("fails to write records", 3, seconds(2), seconds(15), kUpdatePluginData,
                   fails(UNAVAILABLE, 0.5)),
              auth("loses answers to writes", 4, seconds(2), seconds(15), kUpdatePluginData,
                   fails(UNAVAILABLE, 0.4, true)),
              auth("writes records slowly", 3, seconds(2), seconds(15), kUpdatePluginData,
                   late(Millis(1500), 0.5)),
              auth("writes records after the time-out", 2, seconds(2), seconds(10),
                   kUpdatePluginData, late(seconds(20), 0.1)),
              auth("denies writes of records", 1, kBlink, seconds(2), kUpdatePluginData,
                   fails(PERMISSION_DENIED, 0.5)),
              auth("fails to read records", 3, seconds(2), seconds(15), kGetPluginData,
                   fails(UNAVAILABLE, 0.5)),
              auth("reads records slowly", 2, seconds(2), seconds(15), kGetPluginData,
                   late(Millis(1500), 0.5)),
              auth_at_connect("fails to list", kListAccessRequests, fails(UNAVAILABLE, 0.6)),
              auth_at_connect("lists slowly", kListAccessRequests, late(seconds(2), 1)),
              auth_at_connect("refuses streams", kWatchEvents, fails(UNAVAILABLE, 0.7)),
              auth_at_connect("opens streams slowly", kWatchEvents, late(seconds(3), 1)),
              auth_at_connect("does not answer pings", kPing, fails(DEADLINE_EXCEEDED, 0.7)),
              auth_quirk("says no INIT", {.no_init = true}),
              auth_quirk("has short pages", {.page_size_cap = 7}),
          }};
}

// ---- The proxies, one for each way that leads through one ----

TroubleKind proxies_away() {
  return {"are away",
          3,
          kBlink,
          seconds(8),
          [](Stage& stage, std::uint64_t) { stage.stop_proxies(); },
          [](Stage& stage) { stage.start_proxies(); }};
}

TroubleKind proxies_cut() {
  return {"cut all connections",
          4,
          Millis(0),
          kBlink,
          [](Stage& stage, std::uint64_t) { stage.cut_proxies(); },
          [](Stage&) {}};
}

// For whoever connects, which all have to who were connected.
TroubleKind proxies(std::string name, int weight, Millis least, Millis most,
                    std::function<void(sim::ProxyQuirks&)> change) {
  return {std::move(name),
          weight,
          least,
          most,
          [change = std::move(change)](Stage& stage, std::uint64_t) {
            stage.change_proxies(change);
            stage.cut_proxies();
          },
          [](Stage& stage) { stage.change_proxies(nullptr); }};
}

Side proxy_side() {
  using sim::ProxyQuirks;
  return {"proxies",
          seconds(6),
          {
              proxies_away(),
              proxies_cut(),
              // Longer than a handshake may take.
              proxies("are silent", 3, seconds(2), seconds(12),
                      [](ProxyQuirks& quirks) { quirks.door = sim::ProxyDoor::kSilent; }),
              proxies("hang up", 2, seconds(1), seconds(8),
                      [](ProxyQuirks& quirks) { quirks.door = sim::ProxyDoor::kShut; }),
              proxies("do not say what they are", 2, seconds(2), seconds(8),
                      [](ProxyQuirks& quirks) { quirks.find = sim::FindAnswer::kSilent; }),
              proxies("are hidden by a captive portal", 1, seconds(2), seconds(8),
                      [](ProxyQuirks& quirks) {
                        quirks.find = sim::FindAnswer::kRedirect;
                        quirks.certificate = sim::WebCertificate::kSelfSigned;
                        quirks.alpn = sim::ProxyAlpn::kHttpOnly;
                        quirks.upgrades = sim::ProxyUpgrades::kNone;
                      }),
              proxies("have a certificate of another name", 1, seconds(2), seconds(8),
                      [](ProxyQuirks& quirks) {
                        quirks.certificate = sim::WebCertificate::kOtherName;
                      }),
          }};
}

// ---- The cluster's CAs ----

// tbot has renewed the identity before the next phase begins.
void rotate(Stage& stage, sim::CaKind kind, std::initializer_list<sim::RotationPhase> phases) {
  for (const sim::RotationPhase phase : phases) {
    stage.world.pki.rotate(kind, phase);
    stage.world.write_identity(stage.world.pki.issue_client("notifyd"));
  }
}

TroubleKind rotation(std::string name, sim::CaKind kind) {
  using enum sim::RotationPhase;
  return {std::move(name),
          1,
          seconds(2),
          seconds(10),
          [kind](Stage& stage, std::uint64_t) {
            rotate(stage, kind, {kInit, kUpdateClients});
          },
          [kind](Stage& stage) {
            rotate(stage, kind, {kUpdateServers, kStandby});
          }};
}

Side ca_side() {
  return {"CAs",
          seconds(15),
          {rotation("of hosts are rotated", sim::CaKind::kHost),
           rotation("of users are rotated", sim::CaKind::kUser)}};
}

// ---- The replicas ----

Side replica_side(std::size_t which) {
  const auto restart = [which](Stage& stage) { stage.replicas.at(which).start(); };
  return {
      "replica " + std::to_string(which),
      seconds(20),
      {
          {"killed", 5, Millis(0), seconds(10),
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).kill(); }, restart},
          {"terminated", 4, Millis(0), seconds(10),
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).terminate(); }, restart},
          {"terminated, then killed", 1, kBlink, seconds(4),
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).terminate(); },
           [which](Stage& stage) {
             stage.replicas.at(which).kill();
             stage.replicas.at(which).start();
           }},
          {"reloads", 2, Millis(0), kBlink,
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).reload(false); },
           [](Stage&) {}},
          {"gets another build of its module", 6, Millis(0), kBlink,
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).reload(true); },
           [](Stage&) {}},
          {"frozen", 2, kBlink, seconds(6),
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).freeze(true); },
           [which](Stage& stage) { stage.replicas.at(which).freeze(false); }},
          {"frozen until another one has taken over", 1, seconds(31), seconds(45),
           [which](Stage& stage, std::uint64_t) { stage.replicas.at(which).freeze(true); },
           [which](Stage& stage) { stage.replicas.at(which).freeze(false); }},
      }};
}

std::vector<Side> make_sides() {
  std::vector<Side> all{slack_side(), auth_side(), proxy_side(), ca_side()};
  for (std::size_t i = 0; i < kReplicas; ++i) all.push_back(replica_side(i));
  return all;
}

// ---- The plan ----

const TroubleKind& draw(const std::vector<TroubleKind>& kinds, Random& random) {
  const int all =
      std::accumulate(kinds.begin(), kinds.end(), 0,
                      [](int sum, const TroubleKind& kind) { return sum + kind.weight; });
  int lot = random.between(0, all - 1);
  for (const TroubleKind& kind : kinds) {
    lot -= kind.weight;
    if (lot < 0) return kind;
  }
  return kinds.back();
}

void plan_side(const Side& side, std::uint64_t seed, Millis length,
               std::vector<Trouble>& troubles) {
  Random random(seed, side.name);
  Millis now = random.about(side.mean_gap);
  while (now < length) {
    const TroubleKind& kind = draw(side.kinds, random);
    const Millis until = std::min(length, now + random.between(kind.least, kind.most));
    troubles.push_back({now, until, &kind, random.number()});
    now = until + random.about(side.mean_gap);
  }
}

}  // namespace

const std::vector<Side>& sides() {
  static const std::vector<Side> kSides = make_sides();
  return kSides;
}

std::vector<Trouble> plan_troubles(std::uint64_t seed, Millis length) {
  std::vector<Trouble> troubles;
  for (const Side& side : sides()) plan_side(side, seed, length, troubles);
  std::ranges::stable_sort(troubles, {}, &Trouble::at);
  return troubles;
}

}  // namespace notifyd::chaos
