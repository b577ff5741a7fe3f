// The page's files, compiled in; generated from index.html, app.js, blocks.js and style.css.
#pragma once

#include <string_view>

namespace notifyd::sim {

struct PageFile {
  std::string_view path;  // "/app.js"
  std::string_view content_type;
  std::string_view content;
};

const PageFile* find_page_file(std::string_view path);  // nullptr: there is none

}  // namespace notifyd::sim
