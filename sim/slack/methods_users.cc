// users.* and auth.test
#include "sim/slack/methods.h"

namespace notifyd::sim {
namespace {

Json user_json(const MethodCall& call, const SlackUser& user) {
  Json profile = {{"real_name", user.real_name}, {"display_name", user.name}};
  if (call.token.scopes.contains("users:read.email") && !user.email.empty()) {
    profile["email"] = user.email;
  }
  return {{"id", user.id},
          {"team_id", call.state.team.id},
          {"name", user.name},
          {"real_name", user.real_name},
          {"deleted", user.deleted},
          {"is_bot", user.is_bot},
          {"tz", "Etc/UTC"},
          {"is_restricted", false},
          {"profile", std::move(profile)}};
}

}  // namespace

MethodAnswer users_lookup_by_email(const MethodCall& call) {
  if (!call.args.has("email")) return answer_missing_argument("email");
  const SlackUser* user = call.state.find_user_by_email(call.args.text("email"));
  if (user == nullptr) return answer_error("users_not_found");
  return answer_ok({{"user", user_json(call, *user)}});
}

MethodAnswer users_info(const MethodCall& call) {
  if (!call.args.has("user")) return answer_missing_argument("user");
  const auto user = call.state.users.find(call.args.text("user"));
  if (user == call.state.users.end()) return answer_error("user_not_found");
  return answer_ok({{"user", user_json(call, user->second)}});
}

MethodAnswer auth_test(const MethodCall& call) {
  const SlackTeam& team = call.state.team;
  const SlackBot& bot = call.state.bot;
  return answer_ok({{"url", "https://" + team.domain + ".slack.com/"},
                    {"team", team.name},
                    {"user", bot.name},
                    {"team_id", team.id},
                    {"user_id", bot.user_id},
                    {"bot_id", bot.bot_id},
                    {"app_id", bot.app_id},
                    {"is_enterprise_install", call.token.org_wide}});
}

MethodAnswer auth_teams_list(const MethodCall& call) {
  const SlackTeam& team = call.state.team;
  return answer_ok({{"teams", Json::array({{{"id", team.id}, {"name", team.name}}})}});
}

}  // namespace notifyd::sim
