// The only file of the host that loads code.
#include "module/library.h"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "base/file.h"
#include "module/elf_file.h"
#include "module/sized.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;
namespace dll = boost::dll;

constexpr const char* kEntry = "notify_module_v1";

// A lookup takes a reference even with RTLD_NOLOAD; it must be given back.
bool still_mapped(const std::string& path) {
  void* const handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  return handle != nullptr;
}

void pin(const std::string& path) {
  void* const handle = dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (handle != nullptr) dlclose(handle);
}

Result<dll::shared_library> map(const std::string& path) {
  dll::shared_library library;
  dll::fs::error_code failed;
  // NOW: a missing symbol must fail here, not in the middle of a delivery. LOCAL: no module ever
  // sees another's symbols.
  library.load(path, dll::load_mode::rtld_now | dll::load_mode::rtld_local, failed);
  if (!failed) return library;
  const char* const reason = dlerror();  // Boost's code says only "bad file descriptor"
  return invalid(std::string("the dynamic linker refuses it: ") +
                 (reason != nullptr ? reason : failed.message()));
}

}  // namespace

class Library::Mapped {
 public:
  explicit Mapped(dll::shared_library code) : code_(std::move(code)) {}
  Mapped(std::shared_ptr<Staging> staging, std::unique_ptr<StagedFile> file,
         dll::shared_library code, Log log)
      : staging_(std::move(staging)),
        file_(std::move(file)),
        code_(std::move(code)),
        log_(std::move(log)) {}
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  ~Mapped() {
    code_.unload();
    if (file_ && still_mapped(file_->path())) {
      // dlclose reports success all the same. Harmless for what comes next, since the next copy has
      // a path of its own, but memory that does not come back.
      log_.warn("module was unloaded but stays mapped", {{"file", file_->path()}});
      file_->keep();
    }
  }

  const notify_module* table() { return &code_.get<const notify_module>(kEntry); }
  const StagedFile& file() const { return *file_; }

 private:
  // While code of it is mapped the directory stays ours: another process would sweep it.
  std::shared_ptr<Staging> staging_;
  std::unique_ptr<StagedFile> file_;
  dll::shared_library code_;
  Log log_;
};

bool LibraryOptions::keep_mapped_by_default() {
  return std::getenv("NOTIFYD_KEEP_MODULES") != nullptr;
}

Library::Library(LibraryInfo info, const notify_module& table)
    : info_(std::move(info)), table_(table) {}

Library::~Library() = default;

const void* Library::extension(const char* id) const {
  return table_.extension == nullptr ? nullptr : table_.extension(id);
}

Result<> judge_hash(const std::string& hash, const std::string& wanted) {
  if (wanted.empty() || hash == wanted) return Done{};
  return invalid("is not the module that was meant: its sha256 is " + hash +
                 "; put the right one in place, or write this sum");
}

Result<std::shared_ptr<Library>> Library::load(const std::string& path,
                                               const LibraryOptions& options) {
  const auto module = read_module_file(path);
  if (!module) return module.error();
  if (const auto header = judge_elf(module->bytes); !header) {
    return header.error().in(module->path);
  }
  auto staged = options.staging->copy(*module);
  if (!staged) return std::move(staged).error().in(module->path);
  if (auto same = (*staged)->prove(); !same) return std::move(same).error().in(module->path);
  if (auto meant = judge_hash((*staged)->hash(), options.sha256); !meant) {
    return std::move(meant).error().in(module->path);
  }
  if (options.trial) {
    if (auto tried = options.trial((*staged)->path()); !tried) {
      return std::move(tried).error().in(module->path);
    }
  }
  auto code = map((*staged)->path());
  if (!code) return std::move(code).error().in(module->path);
  if (options.keep_mapped) pin((*staged)->path());
  auto mapped = std::make_unique<Mapped>(options.staging, std::move(*staged), std::move(*code),
                                         options.keep_mapped ? Log() : options.log);
  const notify_module table = in_our_size(mapped->table());
  auto info = read_table(table, module->name);
  if (!info) return std::move(info).error().in(module->path);
  std::shared_ptr<Library> library(new Library(std::move(*info), table));
  library->hash_ = mapped->file().hash();
  library->copy_ = mapped->file().path();
  library->mapped_ = std::move(mapped);
  return library;
}

Result<std::shared_ptr<Library>> Library::of_copy(const std::string& path,
                                                  const std::string& name) {
  auto code = map(path);
  if (!code) return std::move(code).error();
  auto mapped = std::make_unique<Mapped>(*std::move(code));
  const notify_module table = in_our_size(mapped->table());
  auto info = read_table(table, name);
  if (!info) return std::move(info).error();
  std::shared_ptr<Library> library(new Library(*std::move(info), table));
  library->mapped_ = std::move(mapped);
  return library;
}

std::shared_ptr<Library> Library::in_process(const notify_module& theirs) {
  const notify_module table = in_our_size(&theirs);
  auto info = read_table(table, theirs.name != nullptr ? theirs.name : "");
  if (!info) throw std::invalid_argument(info.error().message);
  return std::shared_ptr<Library>(new Library(std::move(*info), table));
}

Result<std::vector<Listed>> list_modules(const std::string& directory,
                                         const LibraryOptions& options) {
  const auto files = list_directory(directory, ".so");
  if (!files) {
    Error error = files.error().in(directory);
    error.message += "; name the directory of libnotify_*.so, with --modules-dir or modules_dir";
    return error;
  }
  std::vector<Listed> listed;
  for (const fs::path& file : *files) {
    const auto library = Library::load(file.string(), options);
    listed.push_back({file.filename().string(),
                      library ? Result<LibraryInfo>((*library)->info()) : library.error()});
  }
  return listed;
}

}  // namespace notifyd::modules
