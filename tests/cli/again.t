A run over a directory keeps a journal of what it did, beside the outputs.

  $ mkdir in && cp "$IMAGES"/png/icon-tiny.png in/a.png && cp "$IMAGES"/jpeg/gray.jpg in/b.jpg && cp "$IMAGES"/png/one-bit.png in/c.png
  $ touch -d '1 day ago' in/*
  $ imgc compress -Q in out && ls -A out out/.imgc
  out:
  .imgc
  a.png
  b.jpg
  c.png
  imgc-report.json
  
  out/.imgc:
  journal.ndjson
  lock

With --incremental the next run leaves out what is unchanged, and its report says only how much that was.

  $ outcomes() { jq -c '([.files[] | (.input | sub(".*/"; "")) + " " + .outcome + " " + (.reason.code // "")] | sort), .summary.unchanged' out/imgc-report.json; }
  $ imgc compress -Q --incremental in out && outcomes
  []
  3

What has changed is done again: an input, or an output that is not what was written. A new time alone is not a change.

  $ cp "$IMAGES"/png/two-bit.png in/a.png && rm out/b.jpg && touch in/c.png
  $ imgc compress -Q --incremental in out && outcomes
  ["a.png compressed ","b.jpg compressed "]
  1
  $ echo >> out/c.png && imgc compress -Q --incremental in out && outcomes
  ["c.png compressed "]
  2

Other options make it anew, and a run that was interrupted goes on only with the same.

  $ imgc compress -Q --incremental --strip all in out && jq .summary.unchanged out/imgc-report.json
  0
  $ imgc compress -Q --resume -e fast in out
  imgc: out/.imgc: the run to resume had other options, or another version of imgc; give the same, or --incremental to make anew what they change
  [2]
  $ imgc compress -Q --resume --strip all in out && outcomes
  []
  3
  $ imgc compress -Q --resume in elsewhere
  imgc: elsewhere/.imgc: there is no run to resume; --incremental begins one
  [2]

Contents can be compared, whatever sizes and times say.

  $ imgc compress -Q --incremental --checksum --strip all in out && outcomes
  []
  3

An input that is gone is reported, and its output goes when asked, but only what imgc wrote itself.

  $ rm in/a.png in/b.jpg && echo mine >> out/b.jpg
  $ imgc compress -Q --incremental --strip all in out && outcomes && ls out
  ["a.png skipped input_gone","b.jpg skipped input_gone"]
  1
  a.png
  b.jpg
  c.png
  imgc-report.json
  $ imgc compress -Q --incremental --delete --strip all in out && outcomes && ls out
  ["a.png skipped deleted","b.jpg skipped input_gone"]
  1
  b.jpg
  c.png
  imgc-report.json

A part of the inputs is not taken for the rest being gone.

  $ mkdir in/sub && cp "$IMAGES"/png/icon-tiny.png in/sub && imgc compress -Q --incremental --strip all in out
  $ imgc compress -Q --incremental --delete --strip all --include 'c.png' in out && ls out/sub
  icon-tiny.png

What failed fails again without being read again, until it changes or --retry-failed; and it can be listed.

  $ cp "$BROKEN"/truncated.png in/bad.png && touch -d '1 day ago' in/bad.png && sleep 2.1
  $ imgc compress -Q --incremental --errors-to bad.txt in out && cat bad.txt
  imgc: in/bad.png: the file ends inside its IDAT chunk
  [1]
  $ cat bad.txt
  in/bad.png
  $ ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o trace imgc compress -Q --incremental in out
  imgc: in/bad.png: the file ends inside its IDAT chunk
  [1]
  $ grep -c 'bad.png' trace
  0
  [1]
  $ ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat -o trace imgc compress -Q --incremental --retry-failed in out
  imgc: in/bad.png: the file ends inside its IDAT chunk
  [1]
  $ grep -q 'bad.png' trace
  $ cp "$IMAGES"/png/gray-alpha.png in/bad.png && imgc compress -Q --files-from bad.txt out/again && ls out/again/in
  bad.png

In place, where the journal needs a directory of its own.

  $ mkdir photos && cp "$IMAGES"/jpeg/photo-q95-420.jpg photos && imgc compress -Q --in-place --incremental photos
  imgc: there is no directory of outputs to keep the journal in; give a --state DIR
  [2]
  $ imgc compress -Q --in-place --state state photos && imgc compress --in-place --incremental --state state photos 2>&1 | grep -c unchanged
  1

Two runs at once would spoil the journal, so the second does without, or is refused when it needs it.

  $ flock out/.imgc/lock imgc compress -Q in out
  imgc: out/.imgc: another imgc works with it, so this run keeps no journal
  $ flock out/.imgc/lock imgc compress -Q --incremental in out
  imgc: out/.imgc: another imgc works with it; wait for that, or give another --state
  [1]
  $ imgc compress -Q --no-state in clean && ls -A clean
  bad.png
  c.png
  imgc-report.json
  sub
