In place, with a copy of each original that was replaced. Mode stays; a second run changes nothing.

  $ mkdir t && cp "$IMAGES"/png/gray-saved-as-rgba.png t/a.png && cp t/a.png orig.png && chmod 640 t/a.png
  $ imgc compress -Q --in-place --backup .orig t
  $ ls t
  a.png
  a.png.orig
  $ cmp t/a.png.orig orig.png && stat -c %a t/a.png
  640
  $ cp t/a.png after.png && rm t/a.png.orig
  $ imgc compress -Q --in-place --backup .orig t && cmp t/a.png after.png && ls t
  a.png

A backup is never replaced: the first is the true original.

  $ cp orig.png t/a.png && echo precious > t/a.png.orig
  $ imgc compress -Q --in-place --backup .orig t/a.png
  imgc: t/a.png: its backup t/a.png.orig exists already; move it away or choose another --backup
  [1]
  $ cmp t/a.png orig.png && cat t/a.png.orig
  precious
  $ rm t/a.png.orig

Several names of one file are not parted without a word.

  $ ln t/a.png t/b.png
  $ imgc compress -Q --in-place t 2> errors
  [1]
  $ sort errors
  imgc: t/a.png: it has 2 hard links, which replacing it would part; use --break-hardlinks
  imgc: t/b.png: it has 2 hard links, which replacing it would part; use --break-hardlinks
  $ imgc compress -Q --in-place --break-hardlinks t && cmp t/a.png t/b.png && stat -c %h t/a.png
  1

Times stay when asked.

  $ cp orig.png t/a.png && touch -d 2001-02-03T04:05:06Z t/a.png
  $ imgc compress -Q --in-place -p t/a.png && TZ=UTC stat -c %y t/a.png
  2001-02-03 04:05:06.000000000 +0000
  $ cp orig.png t/a.png && touch -d 2001-02-03T04:05:06Z t/a.png
  $ imgc compress -Q --in-place --preserve=times t/a.png && TZ=UTC stat -c %y t/a.png
  2001-02-03 04:05:06.000000000 +0000

A link given by name stays a link, and its file is replaced.

  $ cp orig.png t/real.png && ln -s real.png t/link.png
  $ imgc compress -Q --in-place t/link.png && readlink t/link.png && test $(stat -c %s t/real.png) -lt $(stat -c %s orig.png)
  real.png
