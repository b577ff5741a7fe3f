// notify/task.hpp - coroutines that read top to bottom over callbacks. C++20, header only.
//
//   Task<T>   what a coroutine returns: lazy, move-only, runs when awaited or given to a Scope
//   Reply<T>  one answer that a callback brings:  Reply<int> r;  ask(r.to());  int n = co_await r;
//   Signal    something changed, look again; sets coalesce until somebody waits
//   Scope     owns running tasks; its destructor ends those that still wait
//
// Nothing here is thread-safe: a task, what it awaits and who resumes it belong to one thread. An
// answer from elsewhere is posted to that thread first.
//
// Used by modules through module.hpp and by the host itself.
#ifndef NOTIFY_TASK_HPP
#define NOTIFY_TASK_HPP

#include <coroutine>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <utility>

namespace notify {

template <class T = void>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  std::exception_ptr error;

  struct ResumeContinuation {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) const noexcept {
      return h.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  ResumeContinuation final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() {
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (error) std::rethrow_exception(error);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  struct Awaiter {
    Handle handle;
    bool await_ready() const noexcept { return false; }
    // Runs the task to its first wait here, not by symmetric transfer: unoptimised g++ 12 makes
    // that a call, and a loop over tasks that end at once would use up the stack.
    bool await_suspend(std::coroutine_handle<> caller) const {
      handle.resume();
      if (handle.done()) return false;
      handle.promise().continuation = caller;
      return true;
    }
    T await_resume() const { return handle.promise().take(); }
  };
  Awaiter operator co_await() const noexcept { return Awaiter{handle_}; }

 private:
  Handle handle_;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace detail

// One answer, once. to() may be called before or after co_await, and what it gives may outlive the
// Reply: an answer that nobody waits for any more is dropped.
template <class T>
class Reply {
  struct State {
    std::optional<T> value;
    std::coroutine_handle<> waiting;
    bool gone = false;
  };

 public:
  Reply() : state_(std::make_shared<State>()) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() { state_->gone = true; }

  // Resumes the waiting coroutine before it returns. Only the first call counts.
  std::function<void(T)> to() const {
    return [state = state_](T value) {
      if (state->gone || state->value) return;
      state->value.emplace(std::move(value));
      if (auto waiting = std::exchange(state->waiting, nullptr)) waiting.resume();
    };
  }

  struct Awaiter {
    State* state;
    bool await_ready() const noexcept { return state->value.has_value(); }
    void await_suspend(std::coroutine_handle<> h) const noexcept { state->waiting = h; }
    T await_resume() const { return std::move(*state->value); }
  };
  Awaiter operator co_await() const noexcept { return Awaiter{state_.get()}; }

 private:
  std::shared_ptr<State> state_;
};

// For one waiting coroutine at a time.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void set() {
    if (auto waiting = std::exchange(waiting_, nullptr)) {
      waiting.resume();
    } else {
      set_ = true;
    }
  }

  struct Awaiter {
    Signal* signal;
    bool await_ready() const noexcept { return std::exchange(signal->set_, false); }
    void await_suspend(std::coroutine_handle<> h) const noexcept { signal->waiting_ = h; }
    void await_resume() const noexcept {}
  };
  Awaiter operator co_await() noexcept { return Awaiter{this}; }

 private:
  std::coroutine_handle<> waiting_;
  bool set_ = false;
};

// Owns tasks that run beside each other. Destroying it ends the tasks where they wait: their locals
// are destroyed, no line of them runs any more. It must not be destroyed by one of its own tasks.
class Scope {
 public:
  using OnError = std::function<void(std::exception_ptr)>;

  // on_error gets what escapes a task; without one that is std::terminate.
  explicit Scope(OnError on_error = nullptr) : on_error_(std::move(on_error)) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { clear(); }

  // Runs `task` to its first wait before it returns.
  void run(Task<void> task) {
    auto runner = drive(this, std::move(task));
    running_.push_front(runner.handle);
    runner.handle.promise().self = running_.begin();
    runner.handle.resume();
  }

  void clear() {
    while (!running_.empty()) {
      auto handle = running_.front();
      running_.pop_front();
      handle.destroy();
    }
  }

  std::size_t size() const noexcept { return running_.size(); }
  bool empty() const noexcept { return running_.empty(); }

 private:
  struct Runner {
    struct promise_type {
      Scope* scope;
      std::list<std::coroutine_handle<promise_type>>::iterator self;

      promise_type(Scope* s, Task<void>&) noexcept : scope(s) {}
      Runner get_return_object() noexcept {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() const noexcept { return {}; }
      struct Leave {
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> h) const noexcept {
          h.promise().scope->running_.erase(h.promise().self);
          h.destroy();
        }
        void await_resume() const noexcept {}
      };
      Leave final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      void unhandled_exception() const {
        if (!scope->on_error_) std::terminate();
        scope->on_error_(std::current_exception());
      }
    };
    std::coroutine_handle<promise_type> handle;
  };

  static Runner drive(Scope*, Task<void> task) { co_await task; }

  OnError on_error_;
  std::list<std::coroutine_handle<Runner::promise_type>> running_;
};

}  // namespace notify

#endif
