// Digests: of one lane; which requests go into one, and into which.
//
// A request joins when its requester has `digest_after` announcements on the way to the recipient
// already, and goes on joining until half of them are through. What was begun takes further ones
// until nobody has joined for ten minutes, or for an hour at most: an edit of a message that is far
// up in the channel tells nobody anything.
//
// [engine thread]
#pragma once

#include <map>
#include <string>
#include <utility>

#include "delivery/digest.h"
#include "delivery/options.h"
#include "delivery/record_codec.h"

namespace notifyd::delivery {

class Digests {
 public:
  // All but `log`, which names instance and cluster, outlive it.
  Digests(Engine& engine, Sender& sender, const model::ClusterPtr& cluster,
          const DeliveryOptions& options, Log log)
      : around_{engine, sender, cluster}, options_(options), log_(std::move(log)) {}

  // The digest that an announcement to `to` goes into; "": it gets a message of its own.
  std::string to_join(const model::Recipient& to, const std::string& requester,
                      const std::string& request_id);

  // By the id that to_join() gave, or a record has.
  Digest& get(const std::string& id, const model::Recipient& to, const std::string& requester);

  // While everything is listed: what would be told meanwhile would lack those that are not yet.
  void hold() { around_.held = true; }
  void go_on();

  // What a listing says of them before it says anything of the requests.
  void note_record(const RecordText& text);
  // A request that stands in one according to its record.
  void note(const Progress& recipient, const model::AccessRequest& request, model::End end);

  // Its members stand in a line of their own in the window, and take turns as somebody of their
  // own, so that they are not behind those who go alone.
  static std::string line(const std::string& id, const model::Recipient& to) {
    return "\n" + id + "/" + to.id;
  }
  static std::string turn(const std::string& requester) { return "\n" + requester; }

 private:
  struct Open {
    std::string id;
    TimePoint joined;
  };
  using Whom = std::pair<std::string, std::string>;  // recipient's id, requester

  bool young(const std::string& id) const;
  void go_on_with(const std::string& id, const model::Recipient& to, const std::string& requester);
  std::string begin(const model::Recipient& to, const std::string& requester,
                    const std::string& request_id);
  void sweep();

  Digest::Surroundings around_;
  const DeliveryOptions& options_;
  const Log log_;
  std::map<Whom, Open> open_;                                      // those that take further ones
  std::map<std::pair<std::string, std::string>, Digest> digests_;  // by id and recipient's id
};

}  // namespace notifyd::delivery
