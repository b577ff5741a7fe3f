// What a record keeps of a request, as JSON: the value of "req" in the key `notifyd`, beside what
// teleport-slack's own keys say.
//
//   {"kind":2,                                     long-term; 1: short-term; absent: not known
//    "made":1,"ends":2,"from":3,"till":4,          Unix ms: created, expires, access starts, ends
//    "max":5,"ttl":6,                              ms: the longest access, a certificate for it
//    "by":[["bob@example.com","APPROVED"]],        reviews, as they came in
//    "list":"Production",                          the Access List that it was promoted to
//    "roles":["a,b"]}                              where one has a comma, which teleport-slack's
//                                                  key takes for two
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "delivery/json_text.h"
#include "delivery/kept_request.h"

namespace notifyd::delivery {

// Whether there is anything of it to write.
bool says_anything(const KeptRequest& kept);
// The object, as the next value of `to`. What is too long is left out from the end.
void encode_kept(const KeptRequest& kept, JsonText& to);

// Over what teleport-slack's keys said. Throws nlohmann::json::exception where it is damaged.
void decode_kept(const nlohmann::json& written, KeptRequest& kept);

}  // namespace notifyd::delivery
