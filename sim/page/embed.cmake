# Writes page_files.cc from its template and the page's files, byte by byte: string literals have a
# greatest length, and quotes.
#   cmake -DSOURCE=<this folder> -DOUTPUT=<page_files.cc> -P embed.cmake
function(bytes_of file result)
  file(READ ${SOURCE}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  # Lines of sixteen, for whoever has to look.
  string(REGEX REPLACE "(('[^']+',){16})" "\\1\n" bytes "${bytes}")
  set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

bytes_of(index.html INDEX)
bytes_of(app.js APP)
bytes_of(blocks.js BLOCKS)
bytes_of(style.css STYLE)
configure_file(${SOURCE}/page_files.cc.in ${OUTPUT} @ONLY)
