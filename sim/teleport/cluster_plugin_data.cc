// The plugin data of a Cluster.
#include <algorithm>

#include "sim/teleport/cluster.h"
#include "sim/teleport/cluster_change.h"
#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

constexpr auto kAfterAccess = std::chrono::hours(1);
constexpr auto kAccessListTtl = std::chrono::hours(24 * 14);

Result<> check_kind(const std::string& kind) {
  if (kind == kAccessRequest || kind == kAccessList) return Done{};
  return invalid("unsupported resource kind \"" + kind + '"');
}

Result<> check(const PluginWrite& write) {
  if (write.resource.empty()) return invalid("missing parameter Resource");
  if (write.plugin.empty()) return invalid("missing parameter Plugin");
  return check_kind(write.kind);
}

std::string value_of(const Keys& data, const std::string& key) {
  const auto found = data.find(key);
  return found == data.end() ? "" : found->second;
}

Result<> compare(const Keys& data, const Keys& expect) {
  for (const auto& [key, wanted] : expect) {
    if (value_of(data, key) != wanted) {
      return Error{Errc::kConflict, "plugin data is not as expected at key \"" + key + '"'};
    }
  }
  return Done{};
}

void assign(Keys& data, const Keys& set) {
  for (const auto& [key, value] : set) {
    if (value.empty()) {
      data.erase(key);
    } else {
      data[key] = value;
    }
  }
}

Result<> update(::types::PluginData& record, const PluginWrite& write) {
  Keys data = entry_of(record, write.plugin).value_or(Keys());
  if (auto ok = compare(data, write.expect); !ok) return ok;
  assign(data, write.set);
  ::types::PluginDataEntry entry;
  set_keys(*entry.mutable_data(), data);
  Keys entries = keys_of(record.spec().entries());
  entries[write.plugin] = entry.SerializeAsString();
  if (data.empty()) entries.erase(write.plugin);
  set_keys(*record.mutable_spec()->mutable_entries(), entries);
  return Done{};
}

bool wanted(const ::types::PluginData& record, const std::string& resource,
            const std::string& plugin) {
  return (resource.empty() || record.metadata().name() == resource) &&
         (plugin.empty() || entry_of(record, plugin));
}

}  // namespace

Result<> Cluster::update_plugin_data(const PluginWrite& write) {
  return change([&] {
    auto done = apply(write);
    journal_.push_back(
        {options_.clock(), write, done ? std::nullopt : std::optional(done.error().code)});
    return done;
  });
}

Result<std::vector<RecordPtr>> Cluster::plugin_data(const std::string& kind,
                                                    const std::string& resource,
                                                    const std::string& plugin) const {
  std::vector<RecordPtr> found;
  const auto keep = [&found](const ::types::PluginData& record) {
    found.push_back(std::make_shared<::types::PluginData>(record));
  };
  if (auto ok = visit_plugin_data(kind, resource, plugin, keep); !ok) return ok.error();
  return found;
}

Result<> Cluster::visit_plugin_data(
    const std::string& kind, const std::string& resource, const std::string& plugin,
    const std::function<void(const ::types::PluginData&)>& visit) const {
  if (auto ok = check_kind(kind); !ok) return ok;
  const std::lock_guard lock(mutex_);
  if (kind == kAccessRequest) visit_archived(resource, plugin, visit);
  for (auto at = records_.lower_bound({kind, resource}); at != records_.end(); ++at) {
    const auto& [record_kind, name] = at->first;
    if (record_kind != kind || (!resource.empty() && name != resource)) break;
    if (wanted(*at->second.data, resource, plugin)) visit(*at->second.data);
  }
  return Done{};
}

void Cluster::visit_archived(const std::string& resource, const std::string& plugin,
                             const std::function<void(const ::types::PluginData&)>& visit) const {
  if (!archive_ || !archive_->record() || !wanted(*archive_->record(), "", plugin)) return;
  ::types::PluginData record = *archive_->record();
  const auto visit_one = [&](std::size_t index) {
    record.mutable_metadata()->set_name(archive_->id(index));
    visit(record);
  };
  if (resource.empty()) {
    for (std::size_t i = 0; i < archive_->size(); ++i) visit_one(i);
  } else if (const auto index = archive_->find(resource)) {
    visit_one(*index);
  }
}

Keys Cluster::entry(const std::string& id, const std::string& plugin) const {
  const auto records = plugin_data(kAccessRequest, id, plugin);
  if (!records || records->empty()) return {};
  return entry_of(*records->front(), plugin).value_or(Keys());
}

std::vector<JournalEntry> Cluster::journal() const {
  const std::lock_guard lock(mutex_);
  return journal_;
}

void Cluster::clear_journal() {
  const std::lock_guard lock(mutex_);
  journal_.clear();
}

// The record as it is, or a new one where the subject allows it.
Result<Cluster::Record> Cluster::record_for(const PluginWrite& write) const {
  const WallTime list_expiry = options_.clock() + kAccessListTtl;
  const auto found = records_.find({write.kind, write.resource});
  if (found != records_.end()) {
    const bool renewed = write.kind == kAccessList;
    return Record{found->second.data, renewed ? list_expiry : found->second.expires};
  }
  WallTime expires = list_expiry;
  if (write.kind == kAccessRequest) {
    const auto draft = draft_of(write.resource);
    if (!draft) return draft.error();
    expires = from_timestamp((*draft)->spec().expires()) + kAfterAccess;
  }
  return Record{make_record(write.kind, write.resource, expires), expires};
}

Result<> Cluster::apply(const PluginWrite& write) {
  if (auto ok = check(write); !ok) return ok;
  auto record = record_for(write);
  if (!record) return record.error();
  auto data = std::make_shared<::types::PluginData>(*record->data);
  if (auto ok = update(*data, write); !ok) return ok;
  if (options_.max_record_bytes > 0 && data->ByteSizeLong() > options_.max_record_bytes) {
    return invalid("plugin data of " + write.resource + " is too large");
  }
  data->mutable_metadata()->set_revision(uuids_.next_v4());
  *data->mutable_metadata()->mutable_expires() = to_timestamp(record->expires);
  put_record({write.kind, write.resource}, {std::move(data), record->expires});
  return Done{};
}

void Cluster::put_record(const RecordKey& key, Record record) {
  const auto found = records_.find(key);
  if (found != records_.end()) record_expiries_.erase({found->second.expires, key});
  record_expiries_.emplace(record.expires, key);
  records_.insert_or_assign(key, std::move(record));
}

bool Cluster::drop_expired_records(WallTime now) {
  bool dropped = false;
  while (!record_expiries_.empty() && record_expiries_.begin()->first <= now) {
    records_.erase(record_expiries_.begin()->second);
    record_expiries_.erase(record_expiries_.begin());
    dropped = true;
  }
  return dropped;
}

}  // namespace notifyd::sim
