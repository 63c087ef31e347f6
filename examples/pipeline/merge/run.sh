#!/bin/bash
# Adds up what `count` left.
set -euo pipefail

awk '{ n[$2] += $1 } END { for (word in n) print n[word], word }' "$TRX_PARENTS"/count/counts/* | sort -k1,1nr -k2 > words.txt
head -n 3 words.txt
