One file to one file.

  $ cp "$IMAGES"/png/gray-saved-as-rgba.png a.png
  $ imgc compress -Q a.png b.png && test -s b.png && test $(stat -c %s b.png) -lt $(stat -c %s a.png) && echo smaller
  smaller
  $ ls
  a.png
  b.png

One file into a directory, which then has the report.

  $ mkdir out && imgc compress -Q a.png out && ls out
  a.png
  imgc-report.json

Several files need a directory, which is made.

  $ cp a.png c.png && imgc compress -Q --no-report a.png c.png new/dir && ls new/dir
  a.png
  c.png

Stdin and stdout take one image.

  $ imgc compress - < a.png > piped.png && cmp piped.png b.png && echo same
  same
  $ imgc compress - - < a.png | cmp - b.png && echo same
  same
  $ imgc compress a.png -o - | cmp - b.png && echo same
  same
  $ imgc compress -Q - from-stdin.png < a.png && cmp from-stdin.png b.png && echo same
  same
  $ printf 'not an image' | imgc compress - > nothing
  imgc: -: not an image that imgc reads
  [1]
  $ test -s nothing
  [1]

Lists: a path a line, or ended by NUL; the tree is kept.

  $ mkdir -p sub && cp a.png sub/x.png && printf 'sub/x.png\n\na.png\n' > list
  $ imgc compress -Q --no-report --files-from list listed && find listed -type f | sort
  listed/a.png
  listed/sub/x.png
  $ find sub -name '*.png' -print0 | imgc compress -Q --no-report --files0-from - nul && find nul -type f
  nul/sub/x.png
  $ echo ../up.png | imgc compress -Q --no-report --files-from - up
  imgc: ../up.png: ".." in the path would lead out of the output; start from a directory above
  [1]

A manifest says for each file what becomes of it.

  $ cat > jobs.jsonl <<'J'
  > {"input": "a.png", "output": "made/one.png"}
  > {"input": "c.png", "options": {"lossy": true, "quality": "40-60", "effort": "fast"}}
  > {"input": "sub/x.png", "options": {"format": "webp"}}
  > J
  $ imgc compress -Q --manifest jobs.jsonl man && find man -type f | sort
  man/.imgc/journal.ndjson
  man/.imgc/lock
  man/c.png
  man/imgc-report.json
  man/made/one.png
  man/sub/x.webp
  $ printf '{"input": "a.png", "optoins": {}}\n{"input": "a.png", "options": {"quality": "200"}}\n' > bad.jsonl
  $ imgc compress -Q --manifest bad.jsonl bad
  imgc: bad.jsonl:1: "optoins" is not a field of a manifest, or not of its type
  imgc: bad.jsonl:2: --quality: "200" is not a quality: N or MIN-MAX between 0 and 100, or FORMAT=N
  [1]
