#!/bin/sh
# Boots a sector that says KVM on the debug port and powers off. `/dev/kvm` may be there and hang, or be emulated so
# slowly that QEMU's own emulation is faster; a good one needs a fifth of a second. The answer is kept with the boot of
# the host it is true for.
: "${work:?}"
read -r host_boot </proc/sys/kernel/random/boot_id
mkdir "$work" || exit 1
printf '\372\260\113\346\351\260\126\346\351\260\115\346\351\260\000\346\364\364\353\375' >"$work/sector"
truncate -s 510 "$work/sector"
printf '\125\252' >>"$work/sector"
said=$(timeout -k 1 2 qemu-system-x86_64 -accel kvm -machine pc -m 32 -nodefaults -no-user-config -display none -no-reboot \
  -drive "file=$work/sector,format=raw,if=ide,snapshot=on" -chardev stdio,id=said -device isa-debugcon,iobase=0xe9,chardev=said \
  -device isa-debug-exit,iobase=0xf4 </dev/null 2>/dev/null | head -c 3)
accelerator=qemu; [ "$said" = KVM ] && accelerator=kvm
mkdir -p "$HOST_ROOT"
echo "$host_boot $accelerator" >"$work/answer" && chmod 644 "$work/answer" && cp "$work/answer" "$HOST_ROOT/accelerator.part" && mv "$HOST_ROOT/accelerator.part" "$HOST_ROOT/accelerator"
echo "$accelerator"
