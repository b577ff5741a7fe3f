#include <gmock/gmock.h>

#include <set>

#include "auth_client.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;
using testing::ElementsAre;

class AuthServiceTest : public AuthServerTest {
 protected:
  StatusCode set_state(const Credentials& who, const std::string& id,
                       ::types::RequestState state = ::types::DENIED) {
    ::proto::RequestStateSetter request;
    request.set_id(id);
    request.set_state(state);
    request.set_reason("because");
    ::google::protobuf::Empty none;
    return AuthClient(server_, who).call(&Stub::SetAccessRequestState, request, none).error_code();
  }

  StatusCode review(const Credentials& who, const std::string& id, const std::string& author) {
    ::types::AccessReviewSubmission request;
    request.set_request_id(id);
    request.mutable_review()->set_author(author);
    request.mutable_review()->set_proposed_state(::types::APPROVED);
    ::types::AccessRequest reviewed;
    return AuthClient(server_, who).call(&Stub::SubmitAccessReview, request, reviewed).error_code();
  }

  StatusCode read_records(const Credentials& who) {
    ::types::PluginDataFilter filter;
    filter.set_kind("access_request");
    return AuthClient(server_, who).call(&Stub::GetPluginData, filter, records_).error_code();
  }

  static std::string id_of(const std::string& request) {
    return decoded<::types::AccessRequest>(request).metadata().name();
  }

  ::grpc::Status list(std::int32_t limit = 0, const std::string& start_key = "") {
    ::proto::ListAccessRequestsRequest request;
    request.set_limit(limit);
    request.set_start_key(start_key);
    page_.Clear();
    return client_.call(&Stub::ListAccessRequests, request, page_);
  }

  AuthClient client_{server_, notifier_};
  ::proto::ListAccessRequestsResponse page_;
  ::proto::PluginDataSeq records_;
};

TEST_F(AuthServiceTest, SixtyThousandRequestsAreListedOnceEachInPagesOfAThousand) {
  constexpr std::size_t kMany = 60'000;
  cluster_.create_requests(std::vector<NewRequest>(kMany, request_by("alice@example.com")));
  std::set<std::string> ids;
  do {
    ASSERT_TRUE(list(0, page_.next_key()).ok());
    ASSERT_EQ(page_.access_requests_size(), 1000);
    for (const std::string& item : page_.access_requests()) ids.insert(id_of(item));
  } while (!page_.next_key().empty());
  EXPECT_EQ(ids.size(), kMany);
  EXPECT_EQ(server_.calls(AuthMethod::kListAccessRequests), 60U);
}

TEST_F(AuthServiceTest, PagesOfMoreThanSixteenThousandAreInvalid) {
  EXPECT_EQ(list(16'000).error_code(), StatusCode::OK);
  EXPECT_EQ(list(16'001).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuthServiceTest, ListFollowsTheFilter) {
  create();
  const std::string wanted = cluster_.create_request(request_by("bob@example.com"));
  ::proto::ListAccessRequestsRequest request;
  request.mutable_filter()->set_user("bob@example.com");
  ASSERT_TRUE(client_.call(&Stub::ListAccessRequests, request, page_).ok());
  ASSERT_EQ(page_.access_requests_size(), 1);
  EXPECT_EQ(id_of(page_.access_requests(0)), wanted);
}

TEST_F(AuthServiceTest, WithoutTheRuleOnlyWhatConcernsTheCallerIsListed) {
  create();
  NewRequest asked = request_by("bob@example.com");
  asked.suggested_reviewers = {"notifier"};
  const std::string concerning = cluster_.create_request(asked);
  server_.deny("access_request", "list");
  ASSERT_TRUE(list().ok());
  ASSERT_EQ(page_.access_requests_size(), 1);
  EXPECT_EQ(id_of(page_.access_requests(0)), concerning);
}

TEST_F(AuthServiceTest, TheOldListStreamsEverything) {
  const std::string one = create();
  const std::string two = create();
  ::grpc::ClientContext context;
  context.set_wait_for_ready(true);
  const auto reader = client_.stub().GetAccessRequestsV2(&context, {});
  std::vector<std::string> ids;
  for (::types::Item item; reader->Read(&item);) ids.push_back(id_of(item.SerializeAsString()));
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_THAT(ids, ElementsAre(one, two));
}

TEST_F(AuthServiceTest, PluginDataIsComparedAndSwapped) {
  const std::string id = create();
  EXPECT_TRUE(client_.write(id, {{"messages", "C1/1.0"}}, {{"messages", ""}}).ok());
  EXPECT_EQ(client_.write(id, {{"messages", "C1/2.0"}}, {{"messages", ""}}).error_code(),
            StatusCode::FAILED_PRECONDITION);
  ASSERT_EQ(read_records(notifier_), StatusCode::OK);
  ASSERT_EQ(records_.plugin_data_size(), 1);
  const auto record = decoded<::types::PluginData>(records_.plugin_data(0));
  EXPECT_EQ(entry_of(record, "slack")->at("messages"), "C1/1.0");
}

TEST_F(AuthServiceTest, PluginDataErrorsHaveTeleportsCodes) {
  EXPECT_EQ(client_.write("none", {{"a", "1"}}).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(client_.write("", {{"a", "1"}}).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuthServiceTest, WritingPluginDataNeedsUpdateOnItOrOnTheSubject) {
  const std::string id = create();
  server_.deny("access_plugin_data", "update");
  EXPECT_EQ(client_.write(id, {{"a", "1"}}).error_code(), StatusCode::PERMISSION_DENIED);
  server_.allow("access_request", "update");
  EXPECT_TRUE(client_.write(id, {{"a", "1"}}).ok());
}

TEST_F(AuthServiceTest, ReadingPluginDataNeedsListAndReadOnItOrOnTheSubject) {
  server_.deny("access_request", "read");
  EXPECT_EQ(read_records(notifier_), StatusCode::PERMISSION_DENIED);
  server_.allow("access_plugin_data", "list");
  EXPECT_EQ(read_records(notifier_), StatusCode::PERMISSION_DENIED);
  server_.allow("access_plugin_data", "read");
  EXPECT_EQ(read_records(notifier_), StatusCode::OK);
}

TEST_F(AuthServiceTest, SettingAStateNeedsTheRule) {
  const std::string id = create();
  EXPECT_EQ(set_state(notifier_, id), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(set_state(editor_, id), StatusCode::OK);
  EXPECT_EQ(cluster_.get(id)->spec().state(), ::types::DENIED);
  EXPECT_EQ(cluster_.get(id)->spec().resolve_reason(), "because");
}

TEST_F(AuthServiceTest, SettingAStateFailsWithTeleportsCodes) {
  const std::string own = cluster_.create_request(request_by("carol@example.com"));
  EXPECT_EQ(set_state(editor_, own), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(set_state(editor_, "none"), StatusCode::NOT_FOUND);
  EXPECT_EQ(set_state(editor_, create(), ::types::PROMOTED), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AuthServiceTest, AReviewIsTheCallersUnlessTheCallerIsAdmin) {
  NewRequest what = request_by("alice@example.com");
  what.thresholds = {{3, 3}};
  const std::string id = cluster_.create_request(what);
  EXPECT_EQ(review(notifier_, id, ""), StatusCode::OK);
  EXPECT_EQ(review(notifier_, id, "bob@example.com"), StatusCode::PERMISSION_DENIED);
  const auto admin = pki_.issue_client("auth", {"Admin"});
  EXPECT_EQ(review(admin, id, "bob@example.com"), StatusCode::OK);
  const auto& reviews = cluster_.get(id)->spec().reviews();
  EXPECT_EQ(reviews[0].author(), "notifier");
  EXPECT_EQ(reviews[1].author(), "bob@example.com");
}

TEST_F(AuthServiceTest, CreatingAssignsTheIdAndAnswersWithWhatIsStored) {
  ::types::AccessRequest request;
  request.mutable_spec()->set_user("notifier");
  request.mutable_spec()->add_roles("editor");
  ::types::AccessRequest created;
  ASSERT_TRUE(client_.call(&Stub::CreateAccessRequestV2, request, created).ok());
  EXPECT_EQ(created.spec().state(), ::types::PENDING);
  EXPECT_NE(cluster_.get(created.metadata().name()), nullptr);
}

TEST_F(AuthServiceTest, CreatingForAnotherUserNeedsTheRule) {
  ::types::AccessRequest request;
  request.mutable_spec()->set_user("alice@example.com");
  request.mutable_spec()->add_roles("editor");
  ::types::AccessRequest created;
  EXPECT_EQ(client_.call(&Stub::CreateAccessRequestV2, request, created).error_code(),
            StatusCode::PERMISSION_DENIED);
  AuthClient editor(server_, editor_);
  EXPECT_TRUE(editor.call(&Stub::CreateAccessRequestV2, request, created).ok());
}

TEST_F(AuthServiceTest, DeletingNeedsTheRule) {
  ::proto::RequestID id;
  id.set_id(create());
  ::google::protobuf::Empty none;
  EXPECT_EQ(client_.call(&Stub::DeleteAccessRequest, id, none).error_code(),
            StatusCode::PERMISSION_DENIED);
  AuthClient editor(server_, editor_);
  EXPECT_TRUE(editor.call(&Stub::DeleteAccessRequest, id, none).ok());
  EXPECT_EQ(cluster_.get(id.id()), nullptr);
}

}  // namespace
}  // namespace notifyd::sim
