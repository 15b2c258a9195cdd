# Enters the sandbox and runs a command in it. Started by Sandbox as user 0 of new user, network, IPC, UTS, process
# and mount namespaces; outside of them it is a user without rights, and after this script it is one inside as well.
#
#   $1  files: an own read-only root, where /work is what was given and /tmp is small and gone afterwards;
#       network: the machine's files as its user sees them
#   $2  the run's folder: in/ (what was given), tmp/, root/
#   $3  bytes of /tmp   $4 files in it   $5 home of the Java that is running   $6 limits for prlimit
#   then the command
#
# What is written to started, outside, tells that all of it held.
set -eu
level=$1 run=$2 bytes=$3 inodes=$4 java=$5 limits=$6
shift 6
cd "$run/in"
export HOME="$run/tmp" TMPDIR="$run/tmp"

if [ "$level" = files ]; then
    mount -t tmpfs -o size=1m,mode=755,nosuid,nodev sandbox "$run/root"
    cd "$run/root"
    mkdir dev proc tmp work
    for path in /usr /bin /sbin /lib /lib32 /lib64 /etc/alternatives /etc/ld.so.cache /etc/java* "$java"; do
        if [ -L "$path" ]; then
            ln -s "$(readlink "$path")" ".$path"
        elif [ -d "$path" ]; then
            mkdir -p ".$path"
            mount -o rbind,ro,nosuid,nodev "$path" ".$path"
        elif [ -e "$path" ]; then
            mkdir -p ".${path%/*}"
            : > ".$path"
            mount -o bind,ro,nosuid,nodev "$path" ".$path"
        fi
    done
    for device in null zero full random urandom; do
        : > "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
    done
    mount -t proc -o nosuid,nodev,noexec proc proc
    mount -t tmpfs -o "size=$bytes,nr_inodes=$inodes,mode=1777,nosuid,nodev" tmp tmp
    mount -o bind,ro,nosuid,nodev "$run/in" work
    # Whoever can make a user namespace is its administrator, and meets more of the kernel.
    echo 0 > proc/sys/user/max_user_namespaces
    : > "$run/started"
    mount -o remount,bind,ro,nosuid,nodev .
    pivot_root . .
    umount -l .
    cd /work
    export HOME=/tmp TMPDIR=/tmp
else
    : > "$run/started"
fi

# This shell's successor stays as process 1: when it ends, the kernel ends every other one.
# shellcheck disable=SC2086 # the limits are several words
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all \
    prlimit $limits sh -c 'setsid "$@"; exit $?' sh "$@"
