#include "module/event_view.h"

#include <gtest/gtest.h>

namespace notifyd::modules {
namespace {

std::string text(notify_str s) {
  EXPECT_NE(s.ptr, nullptr);
  EXPECT_EQ(s.ptr[s.len], '\0');
  return {s.ptr, s.len};
}

model::AccessRequestPtr request() {
  auto r = std::make_shared<model::AccessRequest>();
  r->id = "r-1";
  r->user = "alice@example.com";
  r->roles = {"admin", "dev"};
  r->kind = model::RequestKind::kLongTerm;
  r->annotations = {{"team", {"ops"}}};
  r->resources = {"/cluster/node/web"};
  r->reviews = {{"bob@example.com", model::End::kApproved, "ok", 5},
                {"carol@example.com", model::End::kDenied, "no", 6}};
  return r;
}

model::ClusterPtr cluster(const std::string& web_url = "https://t.example.com") {
  return std::make_shared<const model::Cluster>(model::Cluster{"example", "18.0.0", web_url});
}

Event event_of(model::AccessRequestPtr request) {
  static const model::ClusterPtr kCluster = cluster();
  Event event;
  event.request = std::move(request);
  event.cluster = kCluster;
  return event;
}

TEST(RequestView, ShowsWhatTheDataHolds) {
  const RequestView view(request(), model::End::kDenied, cluster());
  const notify_request& r = *view.request();
  EXPECT_EQ(r.size, sizeof r);
  EXPECT_EQ(text(r.id), "r-1");
  EXPECT_EQ(text(r.reason), "");
  EXPECT_EQ(r.resolution, unsigned{NOTIFY_DENIED});
  ASSERT_EQ(r.n_roles, 2U);
  EXPECT_EQ(text(r.roles[0].name), "admin");
  EXPECT_EQ(text(r.cluster), "example");
  EXPECT_EQ(text(r.url), "https://t.example.com/web/requests/r-1");
  EXPECT_EQ(r.kind, unsigned{NOTIFY_KIND_LONG_TERM});
  ASSERT_EQ(r.n_annotations, 1U);
  EXPECT_EQ(text(r.annotations[0].values[0]), "ops");
  ASSERT_EQ(r.n_resources, 1U);
  ASSERT_EQ(r.n_reviews, 2U);
  EXPECT_EQ(r.reviews[1]->size, sizeof(notify_review));
  EXPECT_EQ(text(r.reviews[1]->author), "carol@example.com");
  EXPECT_EQ(r.reviews[1]->proposed, unsigned{NOTIFY_DENIED});
}

TEST(RequestView, HasNoLinkWhereTheClusterHasNone) {
  const RequestView view(request(), model::End::kNone, cluster(""));
  EXPECT_EQ(text(view.request()->url), "");
}

TEST(RequestView, AnExpiredRequestHasNoResolution) {
  const RequestView view(request(), model::End::kExpired, cluster());
  EXPECT_EQ(view.request()->resolution, unsigned{NOTIFY_UNRESOLVED});
}

TEST(RequestViews, ShareOneViewPerSnapshotWhileItIsInUse) {
  RequestViews views;
  const Event event = event_of(request());
  const auto first = views.of(event);
  EXPECT_EQ(views.of(event), first);
  EXPECT_NE(views.of(event_of(request())), first);
  EXPECT_EQ(views.of(Event{}), nullptr);
}

TEST(RequestViews, AnotherEndIsAnotherView) {
  RequestViews views;
  Event event = event_of(request());
  const auto pending = views.of(event);
  event.end = model::End::kApproved;
  const auto approved = views.of(event);
  EXPECT_EQ(pending->request()->resolution, unsigned{NOTIFY_UNRESOLVED});
  EXPECT_EQ(approved->request()->resolution, unsigned{NOTIFY_APPROVED});
}

TEST(RequestViews, KeepTheRequestAlive) {
  RequestViews views;
  Event event = event_of(request());
  const auto view = views.of(event);
  const std::weak_ptr<const model::AccessRequest> watched = event.request;
  event.request.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(text(view->request()->id), "r-1");
}

TEST(EventView, PointsToTheNewReviewOnlyWhereTheKindHasOne) {
  const auto view = std::make_shared<const RequestView>(request(), model::End::kNone, cluster());
  Event event;
  event.step = model::Step::reply(1);
  event.recipient.id = "C1";
  const EventView reviewed(event, view);
  ASSERT_NE(reviewed.get()->review, nullptr);
  EXPECT_EQ(text(reviewed.get()->review->author), "carol@example.com");
  EXPECT_EQ(text(reviewed.get()->recipient), "C1");
  event.step = model::Step::reply(9);
  EXPECT_EQ(EventView(event, view).get()->review, nullptr);
  event.step = model::Step::announce();
  EXPECT_EQ(EventView(event, view).get()->review, nullptr);
}

TEST(EventView, MayHaveNoRequest) {
  EXPECT_EQ(EventView(Event{}, nullptr).get()->request, nullptr);
}

}  // namespace
}  // namespace notifyd::modules
