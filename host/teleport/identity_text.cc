#include "teleport/identity_text.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Lines with their numbers, without the white space around them: a template may have indented all
// of a file, and an editor may have ended its lines in \r\n.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return trim(line);
  }
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

std::string label_of(std::string_view begin_line) {
  begin_line.remove_prefix(kBegin.size());
  return std::string(begin_line.substr(0, begin_line.find(kDashes)));
}

Error no_end(const PemBlock& block) {
  if (block.text.find("\\n") != std::string::npos) {
    return invalid("line " + std::to_string(block.line) +
                   " has \\n as two characters where a line should end: write each line on one of "
                   "its own");
  }
  return invalid("the PEM block \"" + block.label + "\" that begins on line " +
                 std::to_string(block.line) + " has no END: the file is cut off or damaged");
}

Result<PemBlock> read_block(Lines& lines, std::string_view begin_line) {
  PemBlock block{label_of(begin_line), std::string(begin_line) + '\n', lines.number()};
  while (const auto line = lines.next()) {
    if (line->starts_with(kBegin)) break;
    block.text.append(*line).append(1, '\n');
    if (line->starts_with(kEnd)) return block;
  }
  return no_end(block);
}

// "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAA..."
bool is_ssh_certificate(std::string_view line) {
  return line.substr(0, line.find(' ')).ends_with("-cert-v01@openssh.com");
}

std::string last_ssh_certificate(std::string_view text) {
  std::string found;
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (is_ssh_certificate(*line)) found = *line;
  }
  return found;
}

// Base64 of "-----BEGIN": what a Secret holds that was encoded twice.
bool is_base64(std::string_view text) { return trim(text).starts_with("LS0tLS1CRUdJTi"); }

Result<> check_order(const std::vector<PemBlock>& blocks) {
  if (blocks.empty()) {
    return invalid("holds no PEM block: it is not an identity file (tctl auth sign --format=file)");
  }
  if (!blocks[0].label.ends_with("PRIVATE KEY")) {
    return invalid("line " + std::to_string(blocks[0].line) + " begins \"" + blocks[0].label +
                   "\" where the private key must come first: it is not an identity file "
                   "(tctl auth sign --format=file)");
  }
  if (blocks.size() < 2) return invalid("holds a private key but no TLS certificate");
  if (blocks.size() < 3) return invalid("holds no CA certificate of the cluster");
  return Done{};
}

}  // namespace

Result<std::vector<PemBlock>> pem_blocks(std::string_view text) {
  std::vector<PemBlock> blocks;
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (!line->starts_with(kBegin)) continue;
    auto block = read_block(lines, *line);
    if (!block) return std::move(block).error();
    blocks.push_back(*std::move(block));
  }
  return blocks;
}

Result<IdentityText> parse_identity_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return invalid("is no text, or UTF-16: save it as UTF-8");
  }
  if (is_base64(text)) return invalid("is in base64: decode it, as `base64 -d` does");
  auto blocks = pem_blocks(text);
  if (!blocks) return std::move(blocks).error();
  if (auto ordered = check_order(*blocks); !ordered) return std::move(ordered).error();
  IdentityText out{std::move((*blocks)[0].text), std::move((*blocks)[1].text), "",
                   last_ssh_certificate(text)};
  for (std::size_t i = 2; i < blocks->size(); ++i) out.ca_pem += (*blocks)[i].text;
  return out;
}

}  // namespace notifyd::teleport
