#include "sim/slack/emoji.h"

#include <algorithm>
#include <iterator>

namespace notifyd::sim {
namespace {

// clang-format off
constexpr Emoji kEmoji[] = {
  {"white_check_mark", "✅"},
  {"heavy_check_mark", "✔️"},
  {"ballot_box_with_check", "☑️"},
  {"x", "❌"},
  {"negative_squared_cross_mark", "❎"},
  {"hourglass", "⌛"},
  {"hourglass_flowing_sand", "⏳"},
  {"watch", "⌚"},
  {"alarm_clock", "⏰"},
  {"stopwatch", "⏱️"},
  {"warning", "⚠️"},
  {"no_entry", "⛔"},
  {"no_entry_sign", "🚫"},
  {"octagonal_sign", "🛑"},
  {"rotating_light", "🚨"},
  {"bell", "🔔"},
  {"no_bell", "🔕"},
  {"eyes", "👀"},
  {"question", "❓"},
  {"exclamation", "❗"},
  {"bangbang", "‼️"},
  {"lock", "🔒"},
  {"unlock", "🔓"},
  {"closed_lock_with_key", "🔐"},
  {"key", "🔑"},
  {"old_key", "🗝️"},
  {"raising_hand", "🙋"},
  {"raised_hands", "🙌"},
  {"clap", "👏"},
  {"wave", "👋"},
  {"pray", "🙏"},
  {"ok_hand", "👌"},
  {"muscle", "💪"},
  {"robot_face", "🤖"},
  {"large_green_circle", "🟢"},
  {"large_yellow_circle", "🟡"},
  {"large_orange_circle", "🟠"},
  {"large_blue_circle", "🔵"},
  {"red_circle", "🔴"},
  {"white_circle", "⚪"},
  {"black_circle", "⚫"},
  {"zzz", "💤"},
  {"skull", "💀"},
  {"speech_balloon", "💬"},
  {"thought_balloon", "💭"},
  {"memo", "📝"},
  {"arrows_counterclockwise", "🔄"},
  {"arrow_up", "⬆️"},
  {"arrow_down", "⬇️"},
  {"arrow_right", "➡️"},
  {"arrow_left", "⬅️"},
  {"double_vertical_bar", "⏸️"},
  {"+1", "👍"},
  {"thumbsup", "👍"},
  {"-1", "👎"},
  {"thumbsdown", "👎"},
  {"tada", "🎉"},
  {"rocket", "🚀"},
  {"fire", "🔥"},
  {"star", "⭐"},
  {"sparkles", "✨"},
  {"boom", "💥"},
  {"bulb", "💡"},
  {"mag", "🔍"},
  {"link", "🔗"},
  {"pushpin", "📌"},
  {"calendar", "📅"},
  {"clipboard", "📋"},
  {"package", "📦"},
  {"books", "📚"},
  {"wrench", "🔧"},
  {"hammer", "🔨"},
  {"hammer_and_wrench", "🛠️"},
  {"gear", "⚙️"},
  {"shield", "🛡️"},
  {"electric_plug", "🔌"},
  {"computer", "💻"},
  {"floppy_disk", "💾"},
  {"satellite", "📡"},
  {"globe_with_meridians", "🌐"},
  {"cloud", "☁️"},
  {"zap", "⚡"},
  {"umbrella", "☔"},
  {"sunny", "☀️"},
  {"snowflake", "❄️"},
  {"heart", "❤️"},
  {"broken_heart", "💔"},
  {"smile", "😄"},
  {"smiley", "😃"},
  {"grinning", "😀"},
  {"joy", "😂"},
  {"wink", "😉"},
  {"blush", "😊"},
  {"thinking_face", "🤔"},
  {"cry", "😢"},
  {"sob", "😭"},
  {"scream", "😱"},
  {"rage", "😡"},
  {"sunglasses", "😎"},
  {"information_source", "ℹ️"},
  {"recycle", "♻️"},
  {"checkered_flag", "🏁"},
  {"triangular_flag_on_post", "🚩"},
  {"trophy", "🏆"},
  {"coffee", "☕"},
  {"email", "📧"},
  {"envelope", "✉️"},
  {"inbox_tray", "📥"},
  {"outbox_tray", "📤"},
  {"busts_in_silhouette", "👥"},
  {"bust_in_silhouette", "👤"},
};
// clang-format on

}  // namespace

std::span<const Emoji> all_emoji() { return kEmoji; }

std::string_view emoji(std::string_view name) {
  const auto* found = std::ranges::find(kEmoji, name, &Emoji::name);
  return found == std::end(kEmoji) ? "" : found->utf8;
}

std::string with_emoji(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find(':'), text.size());
    const std::size_t close = open < text.size() ? text.find(':', open + 1) : text.npos;
    result.append(text.substr(0, open));
    if (close == text.npos) return result.append(text.substr(open));
    const std::string_view found = emoji(text.substr(open + 1, close - open - 1));
    // A colon that closes nothing may open the next name.
    result.append(found.empty() ? text.substr(open, close - open) : found);
    text.remove_prefix(found.empty() ? close : close + 1);
  }
  return result;
}

}  // namespace notifyd::sim
