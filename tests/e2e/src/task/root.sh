# Starts a connector in a root like that of its image: the program, its policy, the libraries and
# certificates of the base, and nothing else. All of it is read-only but /tmp.
#
#   root.sh FOLDER PROGRAM POLICY TMPFS_OPTIONS USER [ARGUMENT…]
#
# Run it in mount and process namespaces of its own: what it mounts and starts ends with it. USER is
# `uid:gid`, or `-` where there is only one user to be.
set -eu
root=$1 program=$2 policy=$3 options=$4 user=$5
shift 5

shown() {
    mkdir -p "$root$(dirname "$2")"
    : > "$root$2"
    mount --bind "$1" "$root$2"
    mount -o remount,bind,ro "$root$2"
}

mount -t tmpfs -o mode=0755 root "$root"
mkdir "$root/tmp" "$root/proc" "$root/dev"
shown "$program" /connector
# As the image has it: readable for everybody, whoever wrote it.
install -m 0444 "$policy" "$root/policy.yaml"
shown /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
for library in $(ldd "$program" | grep -o '/[^ ]*'); do
    shown "$library" "$library"
done
for device in null zero random urandom; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t proc proc "$root/proc"
mount -t tmpfs -o "$options" tmp "$root/tmp"
mount -o remount,bind,ro "$root"

# Not in its place but beside it: what starts a task also outlives it, like the init of ECS.
if [ "$user" = - ]; then
    chroot "$root" /connector "$@" &
else
    chroot --userspec="$user" --groups= "$root" /connector "$@" &
fi
wait $!
