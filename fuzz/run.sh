#!/bin/sh
# fuzz/run.sh [SECONDS [TARGET...]]: fuzzes each target so long, all of them for ten minutes when not told.
# Needs cargo-fuzz; `python3 fuzz/seeds.py` first gives it something to begin with.
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ -d /dev/shm ] && export TMPDIR=/dev/shm
# The versions that the program is built with.
[ -f fuzz/Cargo.lock ] || cp Cargo.lock fuzz/Cargo.lock
for target in ${*:-$(cargo fuzz list)}; do
    echo "== $target"
    # No single input may take longer; a PDF has limits.max_pdf_seconds.
    slow=10
    [ "$target" = pdf ] && slow=130
    nice -n 19 cargo fuzz run -O -a -s none "$target" -- -dict=fuzz/words.dict -max_total_time="$seconds" \
        -timeout="$slow" -rss_limit_mb=1024 -print_final_stats=1 2>&1 | tee "fuzz/$target.log" |
        grep -a -E 'contained|panicked|ERROR|SUMMARY|Test unit|stat::number_of|stat::peak'
done
