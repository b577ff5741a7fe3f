#!/usr/bin/env bash
# No line over 100 columns (120 in Markdown), no file over 350 lines in host/ and over 500
# elsewhere. In Markdown, tables, code blocks and lines with a link may be longer: they can't be
# broken.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# shellcheck disable=SC2016  # the dollars are perl's
git ls-files -z -- '*.c' '*.cc' '*.h' '*.hpp' '*.cmake' '*CMakeLists.txt' '*.sh' '*.md' \
  dev .ci/run |
  xargs -0 perl -CSD -e '
    my $bad = 0;
    for my $file (@ARGV) {
      open(my $in, "<", $file) or next;  # removed and not yet committed
      my ($number, $code) = (0, 0);
      while (my $line = <$in>) {
        chomp $line;
        ++$number;
        if ($file =~ /\.md$/) {
          $code = !$code if $line =~ /^\s*```/;
          next if $code || $line =~ /^\s*\||\]\(/;
        }
        my $most = $file =~ m{\.md$} ? 120 : 100;
        next if length($line) <= $most || $line =~ m{^\s*(//|#) \S+$};
        print STDERR "$file:$number: ", length($line), " columns; at most $most\n";
        $bad = 1;
      }
      my $most = $file =~ m{^host/} ? 350 : 500;
      next if $file !~ /\.(c|cc|h|hpp)$/ || $number <= $most;
      print STDERR "$file: $number lines; at most $most, so it is more than one idea\n";
      $bad = 1;
    }
    exit $bad;'
