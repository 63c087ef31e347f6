# Counts the words of every file in texts/, one after the other, and then those of all of them.
# The payload on standard input may say how many words to list: {"top": 5}
set -eu
top=$(sed -n 's/.*"top": *\([0-9]\{1,4\}\).*/\1/p')
mkdir -p counts

words() { tr -cs '[:alpha:]' '\n' | tr '[:upper:]' '[:lower:]' | sed '/^$/d' | sort; }

for text in texts/*.txt; do
  name=$(basename "$text" .txt)
  words < "$text" | uniq -c | sort -k1,1nr -k2 > "counts/$name.txt"
  echo "$name: $(words < "$text" | wc -l) words, $(wc -l < "counts/$name.txt") different"
  sleep "${PAUSE:-0}"
done

cat texts/*.txt | words | uniq -c | sort -k1,1nr -k2 | sed -n "1,${top:-10}p" > top.txt
cat top.txt
