/**
 * What a job must not be able to do, as a script that tries it from inside and tells what worked. It ends with status 7, so that a sandbox
 * which loses the status is found too. `PROBE_*` name what must be out of reach.
 */
export const probeScript = `
worked() { echo "worked: $1"; }
tries() { what=$1; shift; "$@" >/dev/null 2>&1 && worked "$what"; }

for place in /usr /etc / /proc/sys; do tries "write to $place" sh -c ": > $place/trx-probe"; done
tries 'read /etc/shadow' cat /etc/shadow
tries 'see the data folder' test -e "$PROBE_DATA"
tries 'see the folders of other jobs' test -e "$PROBE_JOBS"
tries 'reach a port of the server' bash -c "exec 3<>/dev/tcp/127.0.0.1/$PROBE_PORT"
tries 'mount' mount -t tmpfs none /tmp
tries 'make a user namespace' unshare --user true
tries 'make a device' mknod /task/device c 1 3
tries 'write a file beyond its limit' sh -c 'head -c 2097152 /dev/zero > /task/large'
for kind in mnt pid net ipc user; do
  tries "share the $kind namespace of the server" grep -qxF "$(readlink /proc/self/ns/$kind)" <<< "$PROBE_NAMESPACES"
done
tries 'gain rights' grep -q '^NoNewPrivs:.*0' /proc/self/status
tries 'use capabilities' grep -qE '^Cap(Inh|Prm|Eff|Bnd|Amb):.*[1-9a-f]' /proc/self/status
[ "$PROBE_USER" = other ] && tries 'be in a group of the server' grep -qE '^Groups:.*[0-9]' /proc/self/status
tries 'make any system call' grep -qE '^Seccomp:.*[01]$' /proc/self/status
seen=$(ls -d /proc/[0-9]* | wc -l)
[ "$seen" -gt 12 ] && worked 'see processes of others'

fails() { what=$1; shift; "$@" >/dev/null 2>&1 || worked "not: $what"; }
fails 'awk' awk 'BEGIN { exit 0 }'
fails 'write in its folder' sh -c 'echo ok > /task/written'
[ "$TASK_ID" = probe ] || worked 'not: have an environment'

setsid sh -c 'while :; do date +%s%N > /task/alive; sleep 0.01; done' >/dev/null 2>&1 < /dev/null &
until [ -s /task/alive ]; do sleep 0.01; done
exit 7
`;
