#include "module/event_view.h"

#include <gtest/gtest.h>

namespace notifyd::modules {
namespace {

std::string text(notify_str s) {
  EXPECT_NE(s.ptr, nullptr);
  EXPECT_EQ(s.ptr[s.len], '\0');
  return {s.ptr, s.len};
}

std::shared_ptr<const RequestData> request() {
  auto data = std::make_shared<RequestData>();
  data->id = "r-1";
  data->user = "alice@example.com";
  data->resolution = NOTIFY_DENIED;
  data->roles = {{"admin", {"root", "ubuntu"}}, {"dev", {}}};
  data->annotations = {{"team", {"ops"}}};
  data->resources = {"/cluster/node/web"};
  data->reviews = {{"bob@example.com", "ok", NOTIFY_APPROVED, 5},
                   {"carol@example.com", "no", NOTIFY_DENIED, 6}};
  return data;
}

TEST(RequestView, ShowsWhatTheDataHolds) {
  const RequestView view(request());
  const notify_request& r = *view.request();
  EXPECT_EQ(r.size, sizeof r);
  EXPECT_EQ(text(r.id), "r-1");
  EXPECT_EQ(text(r.reason), "");
  EXPECT_EQ(r.resolution, unsigned{NOTIFY_DENIED});
  ASSERT_EQ(r.n_roles, 2U);
  EXPECT_EQ(text(r.roles[0].name), "admin");
  ASSERT_EQ(r.roles[0].n_logins, 2U);
  EXPECT_EQ(text(r.roles[0].logins[1]), "ubuntu");
  EXPECT_EQ(r.roles[1].n_logins, 0U);
  ASSERT_EQ(r.n_annotations, 1U);
  EXPECT_EQ(text(r.annotations[0].values[0]), "ops");
  ASSERT_EQ(r.n_resources, 1U);
  ASSERT_EQ(r.n_reviews, 2U);
  EXPECT_EQ(r.reviews[1]->size, sizeof(notify_review));
  EXPECT_EQ(text(r.reviews[1]->author), "carol@example.com");
}

TEST(RequestViews, ShareOneViewPerSnapshotWhileItIsInUse) {
  RequestViews views;
  const auto data = request();
  const auto first = views.of(data);
  EXPECT_EQ(views.of(data), first);
  EXPECT_NE(views.of(request()), first);
  EXPECT_EQ(views.of(nullptr), nullptr);
}

TEST(RequestViews, KeepTheDataAlive) {
  RequestViews views;
  auto data = request();
  const auto view = views.of(data);
  const std::weak_ptr<const RequestData> watched = data;
  data.reset();
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(text(view->request()->id), "r-1");
}

TEST(EventView, PointsToTheNewReviewOnlyWhereTheKindHasOne) {
  const auto view = std::make_shared<const RequestView>(request());
  Event event;
  event.kind = NOTIFY_REQUEST_REVIEWED;
  event.review = 1;
  event.recipient = "C1";
  const EventView reviewed(event, view);
  ASSERT_NE(reviewed.get()->review, nullptr);
  EXPECT_EQ(text(reviewed.get()->review->author), "carol@example.com");
  EXPECT_EQ(text(reviewed.get()->recipient), "C1");
  event.review = 9;
  EXPECT_EQ(EventView(event, view).get()->review, nullptr);
  event.kind = NOTIFY_REQUEST_PENDING;
  event.review = 0;
  EXPECT_EQ(EventView(event, view).get()->review, nullptr);
}

TEST(EventView, MayHaveNoRequest) {
  EXPECT_EQ(EventView(Event{}, nullptr).get()->request, nullptr);
}

}  // namespace
}  // namespace notifyd::modules
