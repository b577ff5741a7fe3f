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
  r->reviews = {{"bob@example.com", model::End::kApproved, "ok", 5, "", 0},
                {"carol@example.com", model::End::kDenied, "no", 6, "bot-slack", 700}};
  return r;
}

// With all that Teleport may tell beyond that.
std::shared_ptr<model::AccessRequest> full_request() {
  auto r = std::make_shared<model::AccessRequest>(*request());
  r->created_ms = 1;
  r->expires_ms = 2;
  r->access_starts_ms = 3;
  r->access_expires_ms = 4;
  r->max_duration_ms = 5;
  r->session_ttl_ms = 6;
  r->resource_details = {{"cluster", "node", "web", ""}, {"cluster", "pod", "k1", "default/web"}};
  r->thresholds.resize(2);
  r->thresholds[0].needed = {2, 1};
  r->thresholds[0].given = {1, 0};
  r->thresholds[0].name = "two of the team";
  r->thresholds[0].filter = "true";
  r->thresholds[0].roles = {0, 1};
  r->thresholds[1].roles = {1};
  r->promoted_to = {"list-1", "Editors"};
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

TEST(DigestView, ShowsCountsAndTheNewestAndHasNoRequest) {
  auto digest = std::make_shared<model::Digest>();
  digest->user = "alice@example.com";
  digest->pending = 2;
  digest->denied = 3;
  digest->newest = {request()};
  Event event = event_of(nullptr);
  event.digest = digest;
  const EventView view(event, nullptr);
  const notify_event& seen = *view.get();
  EXPECT_EQ(seen.kind, static_cast<std::uint32_t>(NOTIFY_REQUESTS_DIGEST));
  EXPECT_EQ(seen.request, nullptr);
  ASSERT_NE(seen.digest, nullptr);
  EXPECT_EQ(text(seen.digest->user), "alice@example.com");
  EXPECT_EQ(text(seen.digest->url), "https://t.example.com/web/requests");
  EXPECT_EQ(seen.digest->total, 5U);
  EXPECT_EQ(seen.digest->denied, 3U);
  ASSERT_EQ(seen.digest->n_newest, 1U);
  EXPECT_EQ(text(seen.digest->newest[0]->id), "r-1");
  EXPECT_EQ(text(seen.digest->newest[0]->roles[0].name), "admin");
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

TEST(RequestView, ShowsTheTimesOfTheRequestAndOfTheAccess) {
  const RequestView view(full_request(), model::End::kNone, cluster());
  const notify_request& r = *view.request();
  EXPECT_EQ(r.created_ms, 1);
  EXPECT_EQ(r.expires_ms, 2);
  EXPECT_EQ(r.access_starts_ms, 3);
  EXPECT_EQ(r.access_expires_ms, 4);
  EXPECT_EQ(r.max_duration_ms, 5);
  EXPECT_EQ(r.session_ttl_ms, 6);
}

TEST(RequestView, ShowsResourcesInParts) {
  const RequestView view(full_request(), model::End::kNone, cluster());
  ASSERT_EQ(view.request()->n_resource_details, 2U);
  const notify_resource& resource = *view.request()->resource_details[1];
  EXPECT_EQ(resource.size, sizeof resource);
  EXPECT_EQ(text(resource.cluster), "cluster");
  EXPECT_EQ(text(resource.kind), "pod");
  EXPECT_EQ(text(resource.name), "k1");
  EXPECT_EQ(text(resource.sub_resource), "default/web");
  EXPECT_EQ(text(resource.friendly_name), "");
  EXPECT_EQ(resource.labels_known, 0U);
  EXPECT_EQ(text(view.request()->resource_details[0]->sub_resource), "");
}

TEST(RequestView, ShowsWhatTheThresholdsNeedAndWhatWasGiven) {
  const RequestView view(full_request(), model::End::kNone, cluster());
  ASSERT_EQ(view.request()->n_thresholds, 2U);
  const notify_threshold& known = *view.request()->thresholds[0];
  EXPECT_EQ(known.size, sizeof known);
  EXPECT_EQ(known.approvals_needed, 2U);
  EXPECT_EQ(known.denials_needed, 1U);
  EXPECT_EQ(known.given_known, 1U);
  EXPECT_EQ(known.approvals_given, 1U);
  EXPECT_EQ(known.denials_given, 0U);
  EXPECT_EQ(text(known.name), "two of the team");
  EXPECT_EQ(text(known.filter), "true");
  ASSERT_EQ(known.n_roles, 2U);
  EXPECT_EQ(text(known.roles[0]), "admin");
  const notify_threshold& unknown = *view.request()->thresholds[1];
  EXPECT_EQ(unknown.given_known, 0U);
  ASSERT_EQ(unknown.n_roles, 1U);
  EXPECT_EQ(text(unknown.roles[0]), "dev");
  // What the thresholds point to stands beside what the annotations point to.
  EXPECT_EQ(text(view.request()->annotations[0].values[0]), "ops");
}

TEST(RequestView, NamesTheAccessListOfAPromotionOnly) {
  const RequestView promoted(full_request(), model::End::kPromoted, cluster());
  const notify_access_list* list = promoted.request()->promoted_to;
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->size, sizeof *list);
  EXPECT_EQ(text(list->id), "list-1");
  EXPECT_EQ(text(list->title), "Editors");
  EXPECT_EQ(text(list->url), "");
  EXPECT_EQ(RequestView(full_request(), model::End::kApproved, cluster()).request()->promoted_to,
            nullptr);
  EXPECT_EQ(RequestView(request(), model::End::kPromoted, cluster()).request()->promoted_to,
            nullptr);
}

TEST(RequestView, SaysWhoSubmittedAReviewAndWhatStartItProposes) {
  const RequestView view(request(), model::End::kNone, cluster());
  ASSERT_EQ(view.request()->n_reviews, 2U);
  EXPECT_EQ(text(view.request()->reviews[0]->submitted_by), "");
  EXPECT_EQ(view.request()->reviews[0]->proposed_start_ms, 0);
  EXPECT_EQ(text(view.request()->reviews[1]->submitted_by), "bot-slack");
  EXPECT_EQ(view.request()->reviews[1]->proposed_start_ms, 700);
}

TEST(RequestView, OfARequestThatSaysNothingHasEmptyTextsAndLists) {
  const RequestView view(std::make_shared<model::AccessRequest>(), model::End::kNone, cluster(""));
  const notify_request& r = *view.request();
  for (const notify_str each : {r.id, r.user, r.reason, r.resolve_reason, r.url, r.user_email}) {
    EXPECT_EQ(text(each), "");
  }
  EXPECT_EQ(r.n_roles + r.n_resources + r.n_resource_details + r.n_thresholds + r.n_reviews +
                r.n_suggested_reviewers + r.n_rule_recipients + r.n_annotations + r.n_user_traits,
            0U);
  EXPECT_EQ(r.max_duration_ms, 0);
  EXPECT_EQ(r.promoted_to, nullptr);
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

TEST(EventView, SaysWhetherWhoWasLostIsTriedAgain) {
  Event event;
  EXPECT_EQ(EventView(event, nullptr).get()->lost_tried_again, 0U);
  event.lost_tried_again = true;
  EXPECT_EQ(EventView(event, nullptr).get()->lost_tried_again, 1U);
}

TEST(EventView, MayHaveNoRequest) {
  EXPECT_EQ(EventView(Event{}, nullptr).get()->request, nullptr);
}

}  // namespace
}  // namespace notifyd::modules
