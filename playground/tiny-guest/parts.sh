# The parts of the image. Sourced by build; every function gets the work folder.

unpack() {
  local deb
  mkdir -p "$1/debs"
  for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$1/debs"; done
}

# A program with the libraries it wants, wherever Debian keeps them.
copy_program() { # program, root
  local library
  cp "$1" "$2/usr/bin/"
  ldd "$1" | grep -oE '/[^ ]+' | while read -r library; do
    [ -e "$2/usr/lib/${library##*/}" ] || cp -L "$library" "$2/usr/lib/"
  done
}

make_root() {
  local root=$1/root applet program
  mkdir -p "$root"/{usr/bin,usr/lib,dev,proc,sys,run,tmp,seed,disk,root,home,mnt,var/lib/kvm-compose,var/lib/cloud,var/log,etc/dropbear}
  ln -s usr/bin "$root/bin" && ln -s usr/bin "$root/sbin" && ln -s bin "$root/usr/sbin"
  ln -s usr/lib "$root/lib" && ln -s usr/lib "$root/lib64" && ln -s ../run "$root/var/run"
  cp /bin/busybox "$root/usr/bin/"
  for applet in $(busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$root/usr/bin/$applet"
  done
  for program in /usr/sbin/dropbear /usr/bin/dropbearkey /usr/bin/dropbearconvert \
    /usr/lib/openssh/sftp-server "$1/debs/usr/sbin/qemu-ga"; do
    copy_program "$program" "$root"
  done
  ln -s ../bin/sftp-server "$root/usr/lib/sftp-server" # where dropbear looks for it
  cp -R "$here/rootfs/." "$root/"
  chmod 755 "$root"/etc/init.d/* "$root"/etc/acpi/PWRF/* "$root"/etc/udhcpc.sh "$root"/usr/bin/{bash,nohup,sudo,shutdown}
  chmod 1777 "$root/tmp"
  chmod 700 "$root/root"
}

# Everything Debian's cloud kernel has as a module and we need, in an order in which each finds what it wants.
make_initrd() {
  local root=$1/initrd module file
  local modules=(
    virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk
    failover net_failover virtio_net virtio-rng virtio_console cdrom isofs evdev button
  )
  mkdir -p "$root"/{bin,dev,proc,sys,root,modules}
  cp /bin/busybox "$root/bin/"
  for module in "${modules[@]}"; do
    file=$(find "$1/debs/lib/modules" -name "$module.ko" | head -1)
    [ -n "$file" ] || fail "the guest kernel has no module $module"
    cp "$file" "$root/modules/"
  done
  printf '%s\n' "${modules[@]}" >"$root/modules/order"
  cp "$here/initramfs-init" "$root/init"
  chmod 755 "$root/init"
  (cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) | lz4 -l -9 -q >"$1/initrd.lz4"
}

# One bootable Linux partition from sector 2048 on; written by hand, since a minimal Debian has no sfdisk.
partition_table() { # sectors
  local value i
  printf '\x80\xfe\xff\xff\x83\xfe\xff\xff'
  for value in 2048 "$1"; do
    for i in 0 8 16 24; do printf "\\x$(printf %02x $((value >> i & 255)))"; done
  done
}

make_disk() {
  local disk=$1/disk.raw offset=$((2048 * 512))
  truncate -s "$((size + 1))M" "$disk"
  dd if=/usr/lib/EXTLINUX/mbr.bin of="$disk" bs=440 count=1 conv=notrunc status=none
  partition_table $((size * 2048)) | dd of="$disk" bs=1 seek=446 conv=notrunc status=none
  printf '\x55\xaa' | dd of="$disk" bs=1 seek=510 conv=notrunc status=none
  # A journal, so that a power cut costs a test no file; tables written now, or the guest would write them later.
  mkfs.ext4 -q -F -L tiny -O ^64bit,^metadata_csum -J size=4 -m 0 -N 8192 -E "offset=$offset,lazy_itable_init=0,lazy_journal_init=0" \
    -d "$1/root" "$disk" "${size}M"
  mkdir "$1/mnt"
  mount -o "loop,offset=$offset" "$disk" "$1/mnt"
  mkdir "$1/mnt/boot"
  cp "$1"/debs/boot/vmlinuz-* "$1/mnt/boot/vmlinuz"
  cp "$1/initrd.lz4" "$1/mnt/boot/initrd"
  chown -R 0:0 "$1/mnt"
  printf 'DEFAULT tiny\nPROMPT 0\nTIMEOUT 0\nLABEL tiny\n KERNEL /boot/vmlinuz\n INITRD /boot/initrd\n APPEND %s\n' \
    "$(tr '\n' ' ' <"$here/cmdline")" >"$1/mnt/boot/extlinux.conf"
  extlinux --install "$1/mnt/boot" >/dev/null 2>&1 || fail 'extlinux cannot install the boot loader'
  umount "$1/mnt"
}
