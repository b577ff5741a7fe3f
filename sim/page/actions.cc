#include "sim/page/actions.h"

#include <optional>

#include "sim/page/view.h"

namespace notifyd::sim {
namespace {

std::string text(const Json& form, const char* name) {
  const auto found = form.find(name);
  return found != form.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> texts(const Json& form, const char* name) {
  std::vector<std::string> result;
  for (const Json& each : form.value(name, Json::array())) {
    if (each.is_string() && !each.get_ref<const std::string&>().empty()) result.push_back(each);
  }
  return result;
}

// "/cluster/kind/name"; the name may hold further slashes.
std::optional<::types::ResourceID> parse_resource(const std::string& path) {
  const std::size_t kind = path.find('/', 1);
  const std::size_t name = kind == path.npos ? kind : path.find('/', kind + 1);
  if (!path.starts_with('/') || name == path.npos || name + 1 == path.size()) return std::nullopt;
  ::types::ResourceID id;
  id.set_cluster_name(path.substr(1, kind - 1));
  id.set_kind(path.substr(kind + 1, name - kind - 1));
  id.set_name(path.substr(name + 1));
  return id;
}

Json answer(const std::string& id) { return {{"id", id}}; }

Result<Json> answer(const Result<RequestPtr>& changed) {
  if (!changed) return changed.error();
  return answer((*changed)->metadata().name());
}

Result<Json> create(Cluster& cluster, const Json& form) {
  NewRequest request;
  request.user = text(form, "user");
  request.roles = texts(form, "roles");
  request.reason = text(form, "reason");
  request.suggested_reviewers = texts(form, "suggested_reviewers");
  if (request.user.empty()) return invalid("choose who asks");
  if (request.roles.empty()) return invalid("choose at least one role");
  for (const std::string& path : texts(form, "resources")) {
    const auto resource = parse_resource(path);
    if (!resource) return invalid("\"" + path + "\" is no resource; write /cluster/kind/name");
    request.resources.push_back(*resource);
  }
  return answer(cluster.create_request(request));
}

Result<Json> review(Cluster& cluster, const std::string& id, const Json& form) {
  const auto state = state_named(text(form, "state"));
  if (state == ::types::NONE) return invalid("a review approves or denies");
  const std::string author = text(form, "author");
  if (author.empty()) return invalid("choose who reviews");
  return answer(cluster.review(id, author, state, text(form, "reason")));
}

Result<Json> set_state(Cluster& cluster, const std::string& id, const Json& form) {
  const auto state = state_named(text(form, "state"));
  if (state == ::types::NONE) return invalid("a request is approved or denied");
  return answer(cluster.set_state(id, state, text(form, "reason")));
}

Result<Json> expire(Cluster& cluster, const std::string& id) {
  const Result<> removed = cluster.remove(id);
  if (!removed) return removed.error();
  return answer(id);
}

}  // namespace

Result<Json> act(Cluster& cluster, const std::string& path, const Json& form) {
  if (!form.is_object()) return invalid("send a JSON object");
  if (path.empty()) return create(cluster, form);
  const std::size_t slash = path.find('/', 1);
  const std::string id = path.substr(1, slash - 1);
  const std::string what = slash == path.npos ? "" : path.substr(slash + 1);
  if (what == "review") return review(cluster, id, form);
  if (what == "state") return set_state(cluster, id, form);
  if (what == "expire") return expire(cluster, id);
  return Error{Errc::kNotFound, "there is nothing here"};
}

}  // namespace notifyd::sim
