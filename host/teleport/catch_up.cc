#include "teleport/catch_up.h"

#include <utility>

namespace notifyd::teleport {
namespace {

using Pages = void (Snapshots::*)(const std::vector<AccessRequestPtr>&);

Task<Result<>> read_records(AuthSession& session, Snapshots& snapshots,
                            std::vector<std::string> plugins) {
  for (const std::string& plugin : plugins) {
    Result<std::map<std::string, PluginEntry>> records = co_await session.list_records(plugin);
    if (!records) co_return std::move(records).error();
    for (auto& [id, entry] : *records) snapshots.record(plugin, id, std::move(entry));
  }
  co_return Done{};
}

Task<Result<>> read_pages(AuthSession& session, Snapshots& snapshots, Pages take) {
  std::string next;
  do {
    Result<RequestPage> page = co_await session.list(next);
    if (!page) co_return std::move(page).error();
    (snapshots.*take)(page->requests);
    next = std::move(page->next);
  } while (!next.empty());
  co_return Done{};
}

Task<Result<>> list_all(Engine& engine, AuthSession& session, Snapshots& snapshots,
                        CatchUpOptions options) {
  Result<> records = co_await read_records(session, snapshots, options.plugins);
  if (!records) co_return std::move(records);
  snapshots.records_done();
  Result<> pages = co_await read_pages(session, snapshots, &Snapshots::page);
  if (!pages) co_return std::move(pages);
  if (snapshots.has_doubtful()) {
    co_await sleep(engine, options.recheck_after);
    Result<> again = co_await read_pages(session, snapshots, &Snapshots::recheck);
    if (!again) co_return std::move(again);
  }
  co_return Done{};
}

}  // namespace

Task<Result<>> catch_up(Engine& engine, AuthSession& session, Snapshots& snapshots,
                        CatchUpOptions options) {
  snapshots.begin_catch_up();
  Result<> listed = co_await list_all(engine, session, snapshots, std::move(options));
  if (listed) {
    snapshots.end_catch_up();
  } else {
    snapshots.give_up_catch_up();
  }
  co_return listed;
}

}  // namespace notifyd::teleport
