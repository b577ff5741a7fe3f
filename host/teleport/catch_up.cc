#include "teleport/catch_up.h"

#include <memory>
#include <utility>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

using Pages = void (Snapshots::*)(const std::vector<AccessRequestPtr>&);

using Skipped = std::function<void(SkippedItem, const std::string&)>;

// Gives what each plugin's records have told.
Task<Result<AllTold>> read_records(AuthSession& session, Snapshots& snapshots,
                                   const CatchUpOptions& options) {
  AllTold all;
  for (const std::string& plugin : options.plugins) {
    auto listing = session.list_records(plugin, options.told);
    Result<RecordList> records = co_await listing;
    if (!records) co_return std::move(records).error();
    for (auto& [id, entry] : records->entries) snapshots.record(plugin, id, std::move(entry));
    all.push_back(std::make_shared<const ToldRecords>(std::move(records->told)));
    snapshots.records_told(plugin, all.back());
    for (const std::string& id : records->unreadable) {
      options.skipped(SkippedItem::kRecord, id);
      snapshots.record_unreadable(plugin, id);
    }
  }
  co_return all;
}

void skip(Snapshots& snapshots, const Unreadable& requests, const Skipped& skipped) {
  for (const std::string& id : requests) {
    skipped(SkippedItem::kRequest, id);
    // An ID that is garbled may be that of any request, as one that is not there.
    if (id.empty() || mend_utf8(id) != id) {
      snapshots.nameless_item();
    } else {
      snapshots.is_there(id);
    }
  }
}

Task<Result<>> read_pages(AuthSession& session, Snapshots& snapshots, Pages take, AllTold told,
                          const CatchUpOptions& options) {
  std::string next;
  do {
    auto listing = session.list(next, told);
    Result<RequestPage> page = co_await listing;
    if (!page) co_return std::move(page).error();
    for (const AccessRequestPtr& request : page->requests) options.listed(*request);
    (snapshots.*take)(page->requests);
    snapshots.settled(page->settled);
    skip(snapshots, page->unreadable, options.skipped);
    next = std::move(page->next);
  } while (!next.empty());
  co_return Done{};
}

Task<Result<>> list_all(Engine& engine, AuthSession& session, Snapshots& snapshots,
                        CatchUpOptions options) {
  const bool settles = snapshots.settles();
  auto reading = read_records(session, snapshots, options);
  Result<AllTold> told = co_await reading;
  if (!told) co_return std::move(told).error();
  if (!settles) told->clear();
  snapshots.records_done();
  auto listing = read_pages(session, snapshots, &Snapshots::page, *std::move(told), options);
  Result<> pages = co_await listing;
  if (!pages) co_return std::move(pages);
  if (snapshots.has_doubtful()) {
    co_await sleep(engine, options.recheck_after);
    auto rechecking = read_pages(session, snapshots, &Snapshots::recheck, {}, options);
    Result<> again = co_await rechecking;
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
