Four machines take a part of a tree each. Together they write what one run writes, byte for byte.

  $ imgc compress -Q -e fast "$IMAGES" whole
  $ for k in 1 2 3 4; do imgc compress -Q -e fast --shard $k/4 "$IMAGES" parts || echo failed; done
  $ diff -r -x .imgc -x 'imgc-report*' whole parts && echo same
  same
  $ ls -A parts/.imgc parts/*.json
  parts/imgc-report.1-of-4.json
  parts/imgc-report.2-of-4.json
  parts/imgc-report.3-of-4.json
  parts/imgc-report.4-of-4.json
  
  parts/.imgc:
  shard-1-of-4
  shard-2-of-4
  shard-3-of-4
  shard-4-of-4

Their reports make one, which says what that of the one run says.

  $ imgc report merge parts/imgc-report.*.json -o merged.json
  $ for r in merged.json whole/imgc-report.json; do jq -cS '.summary | {status, files, bytes_in, bytes_out, by_format}' $r; done | uniq | wc -l
  1
  $ for r in merged.json whole/imgc-report.json; do jq -c '[.files[] | .input + " " + .outcome + " " + (.bytes_out | tostring)] | sort' $r; done | uniq | wc -l
  1
  $ jq -c '[.files[].id] == [range(.files | length)], .options.shard' merged.json
  true
  null

It can be read by a person, too.

  $ imgc report show merged.json | sed -E 's/[0-9.]+ files\/s.*//'
  Compressed 33 of 43 files: 664 KB -> * (glob)
  8 kept, 2 skipped; * (glob)
  Largest savings:
    *photo-like.png (glob)
    * (glob)
    * (glob)
    * (glob)
    * (glob)
  Kept as they were:
    5  nothing made it smaller
    1  an animation of 3 frames
    1  a JPEG with arithmetic coding
    1  its animation has sequence number 9 where 2 must be, so it was left as it is
  Skipped:
    1  not an image that imgc reads
    1  GIF is not supported
  Notes:
    1  with data behind the image, such as a motion photo or a gain map, kept
    1  named .png, but it is jpeg
  Slowest:
    * (glob)
    * (glob)
    * (glob)
    * (glob)
    * (glob)

Parts of other runs, and what is no report, are refused.

  $ imgc compress -Q -e fast --strip all --shard 1/2 "$IMAGES" other
  $ imgc report merge parts/imgc-report.1-of-4.json other/imgc-report.1-of-2.json
  imgc: other/imgc-report.1-of-2.json: is of a run with other options than parts/imgc-report.1-of-4.json; only parts of one run make a whole
  [2]
  $ head -c 5000 merged.json > torn.json && imgc report show torn.json
  imgc: torn.json: is not a whole JSON document
  [1]
  $ echo '{}' > no.json && imgc report show no.json
  imgc: no.json: is not a report of imgc with schema 1
  [1]

A scheduler says which part it is.

  $ SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 imgc compress -Q -e fast --shard auto "$IMAGES" slurm && diff -r -x .imgc -x 'imgc-report*' slurm parts | grep -c 'Only in slurm'
  0
  [1]
  $ imgc compress -Q --shard auto "$IMAGES" x
  imgc: --shard: auto: this is no task of a Slurm array, a Kubernetes indexed Job or an AWS Batch array; give K/N
  Try imgc --help or imgc compress --help.
  [2]

A run that has only so much time ends with 5, and goes on later; figures of it can be watched.

  $ imgc compress -Q --deadline 1s -e max -j 1 "$IMAGES" short --metrics imgc.prom
  [5]
  $ jq -r .summary.status short/imgc-report.json
  deadline
  $ grep -E '^imgc_(files|last)' imgc.prom | sed -E 's/[1-9][0-9]*$/some/'
  imgc_files{outcome="compressed"} some
  imgc_files{outcome="kept"} * (glob)
  imgc_files{outcome="skipped"} * (glob)
  imgc_files{outcome="failed"} 0
  imgc_last_success_timestamp_seconds 0
  $ imgc compress -Q --deadline soon "$IMAGES" x
  imgc: --deadline: "soon" is not a time such as 6h or 1h30m
  Try imgc --help or imgc compress --help.
  [2]
