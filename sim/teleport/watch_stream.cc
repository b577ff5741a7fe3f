#include "sim/teleport/watch_stream.h"

#include <algorithm>
#include <utility>

#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

::proto::Event event_of(const RequestChange& change) {
  ::proto::Event event;
  if (change.request) {
    event.set_type(::proto::PUT);
    event.set_access_request(change.request->SerializeAsString());
    return event;
  }
  event.set_type(::proto::DELETE);
  ::types::ResourceHeader header;
  header.set_kind(kAccessRequest);
  header.set_version("v3");
  header.mutable_metadata()->set_name(change.id);
  event.set_resource_header(header.SerializeAsString());
  return event;
}

}  // namespace

// Changes the state, then does what follows from it; this may be gone when that returns.
template <class Edit>
void WatchStream::update(Edit edit) {
  {
    const std::lock_guard lock(mutex_);
    edit();
  }
  proceed();
}

void WatchStream::hold(std::chrono::milliseconds delay) {
  update([&] { held_ = true; });
  alarm_.Set(std::chrono::system_clock::now() + delay, [weak = weak_from_this()](bool) {
    const auto self = weak.lock();
    if (self) self->update([&] { self->held_ = false; });
  });
}

void WatchStream::say(::proto::Event event) {
  update([&] {
    if (!ended_) queue_.push_back(std::move(event));
  });
}

void WatchStream::stall(bool stalled) {
  update([&] { stalled_ = stalled; });
}

void WatchStream::end(const ::grpc::Status& status) {
  update([&] { set_ended(status); });
}

void WatchStream::changed(const RequestChange& change) {
  if (wants(change)) say(event_of(change));
}

void WatchStream::OnWriteDone(bool ok) {
  update([&] {
    writing_ = false;
    if (!ok) set_ended({::grpc::StatusCode::UNAVAILABLE, "the client is gone"});
  });
}

void WatchStream::OnCancel() { end(::grpc::Status::CANCELLED); }

void WatchStream::OnDone() { owner_.done(this); }

bool WatchStream::wants(const RequestChange& change) const {
  if (!change.request) return !filters_.empty();
  return std::any_of(filters_.begin(), filters_.end(),
                     [&](const RequestFilter& filter) { return filter.passes(*change.request); });
}

void WatchStream::set_ended(const ::grpc::Status& status) {
  if (ended_) return;
  ended_ = true;
  status_ = status;
  queue_.clear();
}

void WatchStream::proceed() {
  const Step step = next_step();
  if (step == Step::kWrite) StartWrite(&current_);
  if (step == Step::kFinish) Finish(status_);
}

WatchStream::Step WatchStream::next_step() {
  const std::lock_guard lock(mutex_);
  if (writing_ || finished_) return Step::kNone;
  if (ended_) {
    finished_ = true;
    return Step::kFinish;
  }
  if (held_ || stalled_ || queue_.empty()) return Step::kNone;
  current_ = std::move(queue_.front());
  queue_.pop_front();
  writing_ = true;
  owner_.traffic_.answered(AuthMethod::kWatchEvents, current_.ByteSizeLong());
  return Step::kWrite;
}

std::shared_ptr<WatchStream> WatchStreams::open(std::vector<RequestFilter> filters) {
  auto stream = std::make_shared<WatchStream>(*this, std::move(filters));
  const std::lock_guard lock(mutex_);
  stream->stall(stalled_);
  streams_.emplace(stream.get(), stream);
  return stream;
}

void WatchStreams::end_all(const ::grpc::Status& status) {
  for (const auto& stream : all()) stream->end(status);
}

void WatchStreams::stall_all(bool stalled) {
  {
    const std::lock_guard lock(mutex_);
    stalled_ = stalled;
  }
  for (const auto& stream : all()) stream->stall(stalled);
}

std::size_t WatchStreams::count() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

void WatchStreams::done(WatchStream* stream) {
  std::shared_ptr<WatchStream> last;  // destroyed after the mutex is free
  const std::lock_guard lock(mutex_);
  last = std::move(streams_.at(stream));
  streams_.erase(stream);
}

std::vector<std::shared_ptr<WatchStream>> WatchStreams::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<WatchStream>> streams;
  for (const auto& [key, stream] : streams_) streams.push_back(stream);
  return streams;
}

}  // namespace notifyd::sim
