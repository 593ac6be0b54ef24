A second checkout has new times and new inodes, but the same contents: their results come from the cache.

  $ cp -r "$IMAGES" one && imgc compress -Q -j 1 -e fast --lossy -q 70 --cache cache one out-one
  $ cp -r "$IMAGES" two && imgc compress -Q -j 1 -e fast --lossy -q 70 --cache cache two out-two
  $ diff -r -x .imgc -x imgc-report.json out-one out-two && echo same
  same
  $ counts() { jq -c '[.files[] | select(.outcome != "skipped") | any(.notes[]; .code == "cached")] | [length, (map(select(.)) | length)]' $1/imgc-report.json; }
  $ counts out-one; counts out-two
  [41,0]
  [41,40]

One is a copy within the tree, which needs no cache. The report says of cached files what it said the first time.

  $ sums() { jq -cS '[.files[] | {input: (.input | sub("^[a-z]*/"; "")), outcome, recipe, quality, bytes_out, format_in, format_out, width, height, reason}] | sort' $1/imgc-report.json; }
  $ sums out-one > 1; sums out-two > 2; cmp 1 2

Other options find nothing, and a cache that is damaged is no harm.

  $ imgc compress -Q -j 1 -e fast --lossy -q 60 --cache cache two out-three && counts out-three
  [41,0]
  $ find cache -type f | while read -r f; do echo garbage > "$f"; done
  $ imgc compress -Q -j 1 -e fast --lossy -q 70 --cache cache two out-four && counts out-four && diff -r -x .imgc -x imgc-report.json out-one out-four && echo same
  [41,0]
  same

It holds no more than it may.

  $ imgc compress -Q -e fast --lossy -q 70 --cache cache --cache-size 50KB two out-five && find cache -type f -printf '%s\n' | awk '{ sum += $1 } END { print (sum <= 50000 ? "small" : sum) }'
  small
