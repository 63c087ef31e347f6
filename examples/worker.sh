#!/usr/bin/env bash
# A worker node of TaskRouterX in bash, curl and jq: runs one task at a time, of type `reverse` or `wait`.
#   ./worker.sh http://127.0.0.1:8000 POOL [NAME]
set -uo pipefail
server=$1 pool=$2 id=${3:-bash-$$} lease= task= session= answer=
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT

say() { # PATH [BODY] [METHOD]: what the server says is in $answer; fails unless it is 2xx
  answer=$(curl -sS --fail-with-body --max-time 40 -X "${3:-POST}" "$server/api/v1/nodes$1" -H "node-session: $session" \
    ${TRX_API_KEY:+-H "authorization: Bearer $TRX_API_KEY"} -H 'content-type: application/json' ${2:+-d "$2"} 2>>"$folder/errors")
}
said() { jq -r "$1 // empty" <<<"$answer" 2>/dev/null; }
held() { echo "\"leases\":[${lease:+\"$lease\"}]"; }
register() {
  until say '' "{\"id\":\"$id\",\"pool\":\"$pool\",\"types\":[\"reverse\",\"wait\"],\"slots\":1,\"parts\":true,\"agent\":\"bash/1\",$(held)}"; do sleep 1; done
  session=$(said .session) every=$(said '.heartbeat_ms / 1000') limit=$(said '.lease_ms * 3 / 4000 | floor') renewed=$SECONDS
  obey
}
obey() { # ends the work when the server says so, and forgets it when it is lost
  local reason; reason=$(said "[.stop[] | select(.lease == \"$lease\") | .reason][0]")
  [ -z "$reason" ] || kill "$task" 2>/dev/null
  [ "$reason" != lease_lost ] || lease=
}
beat() {
  local sent=$SECONDS
  if say "/$id/heartbeats" "{$(held)}"; then renewed=$sent; obey
  else case $(said .code) in unknown_node) register ;; node_replaced) kill "$task" 2>/dev/null; exit 1 ;; esac; fi
  [ $((SECONDS - renewed)) -lt "$limit" ] || { kill "$task" 2>/dev/null; lease=; } # it could not renew: the work runs elsewhere
}
work() { case $1 in reverse) jq -c 'explode | reverse | implode' ;; wait) exec sleep "$(cat)" ;; esac; }
leave() { kill "$task" 2>/dev/null; say "/$id" '' DELETE; exit 0; }

register && trap leave TERM INT
while :; do
  say "/$id/leases?wait=${every%.*}&max=1" || { sleep 1; answer=; }
  lease=$(said '.leases[0].lease')
  if [ -n "$lease" ]; then
    jq -c '.leases[0].payload' <<<"$answer" >"$folder/payload"
    PART=$(said '.leases[0].part') PARTS=$(said '.leases[0].parts') work "$(said '.leases[0].type')" <"$folder/payload" >"$folder/result" & task=$!
    while kill -0 "$task" 2>/dev/null && ! timeout "$every" tail --pid="$task" -f /dev/null; do beat; done
    body='{"outcome":"stopped"}'
    ! wait "$task" || body=$(jq -nc --slurpfile result "$folder/result" '{outcome: "succeeded", result: $result[0]}')
    until [ -z "$lease" ] || { say "/$id/leases/$lease/result" "$body" && [ "$(said .status)" != 202 ]; }; do # 202: other parts still run
      [[ $(said .status) != 4* || $(said .code) = unknown_node ]] || break # refused for good: it is thrown away
      beat && sleep 1
    done
    lease=
  fi
  beat
done
