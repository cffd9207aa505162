import { hostRoot } from '../../model/host.ts';
import { bootFunction } from '../host/boot.ts';
import { selectInterfaces } from '../host/ovs-interfaces.ts';

/** Tools the carriers use on every host. */
const neededTools = [
  'virsh',
  'qemu-img',
  'qemu-system-x86_64',
  'ovs-vsctl',
  'ovsdb-client',
  'ip',
  'ethtool',
  'genisoimage',
  'socat',
  'tar',
  'flock',
] as const;

/** Where a host keeps what booting something showed, with the boot of the host it is true for. */
const acceleratorFile = `${hostRoot}/accelerator`;

/**
 * One host's answers to everything, in sections `##TOKEN NAME`. Few processes: what can be read is read by the shell.
 * Data: token, deployment (empty for all there are), queries, transaction for the northbound database, one line each.
 */
export const observeScript = `
read -r token; read -r deployment; read -r queries; read -r northbound
${bootFunction}
section() { printf '##%s %s\\n' "$token" "$1"; }
failed() { section "failed $1"; }
has() { command -v "$1" >/dev/null; }
asked() { case " $queries " in *" $1 "*) ;; *) return 1;; esac; }

section facts
read -r host_boot </proc/sys/kernel/random/boot_id
kvm=no; [ -c /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && kvm=maybe
echo "boot $host_boot"; echo "kvm $kvm"
[ -r ${acceleratorFile} ] && { read -r probed <${acceleratorFile}; echo "probed $probed"; }
echo "cores $(nproc)"
grep MemTotal: /proc/meminfo
place=${hostRoot}; while [ ! -e "$place" ]; do place=\${place%/*}; [ -n "$place" ] || place=/; done
echo "disk $(df -Pk "$place" | tail -n 1)"
for tool in ${neededTools.join(' ')}; do has "$tool" || echo "missing $tool"; done

section ovs
if has ovsdb-client; then
  ovsdb-client --timeout=15 query unix:/run/openvswitch/db.sock '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["external_ids"]},${selectInterfaces}]' || failed ovs
fi

if asked ovn; then
  section ovn
  ! has ovsdb-client || ovsdb-client --timeout=15 query unix:/run/ovn/ovnnb_db.sock "$northbound" || failed ovn
fi

if asked files; then
  section records
  for folder in ${hostRoot}/deployments/\${deployment:-*}; do
    [ ! -d "$folder/manifest" ] || find "$folder/manifest" -name '*.json' -exec grep -h . {} +
  done
  section files
  for folder in ${hostRoot}/deployments/\${deployment:-*}; do
    [ ! -d "$folder" ] || find "$folder" -path "$folder/manifest" -prune -o -printf '%y %s %p\\n' || failed files
  done
fi

if asked links; then
  section namespaces
  for path in /run/netns/kc-*; do [ -e "$path" ] && echo "\${path##*/}"; done
  if has ip; then
    section outer
    ip -j link show type veth || failed links
    for path in /run/netns/kc-\${deployment:-*}; do
      [ -e "$path" ] || continue
      section "inner \${path##*/}"; ip -j -n "\${path##*/}" link show || failed links
    done
  fi
fi

if asked libvirt && has virsh; then
  section domains
  list=$(virsh -q -c qemu:///system list --all) || failed libvirt
  commands=
  while read -r id name state; do
    case $name in '' | *[!A-Za-z0-9._-]*) continue;; "\${deployment:+$deployment-}"*) ;; *) continue;; esac
    boot_of "$name"
    echo "$name|$state|$boot"
    commands="$commands dumpxml $name;"
  done <<END
$list
END
  section xml
  if [ -n "$commands" ]; then virsh -q -c qemu:///system "$commands" || failed libvirt; fi
fi
section end
`;

/**
 * Boots a sector that says KVM on the debug port and powers off. `/dev/kvm` may be there and hang, or be emulated so
 * slowly that QEMU's own emulation is faster; a good one needs a fifth of a second.
 */
export const probeScript = `
read -r host_boot </proc/sys/kernel/random/boot_id
mkdir "$work" || exit 1
printf '\\372\\260\\113\\346\\351\\260\\126\\346\\351\\260\\115\\346\\351\\260\\000\\346\\364\\364\\353\\375' >"$work/sector"
truncate -s 510 "$work/sector"
printf '\\125\\252' >>"$work/sector"
said=$(timeout -k 1 2 qemu-system-x86_64 -accel kvm -machine pc -m 32 -nodefaults -no-user-config -display none -no-reboot \\
  -drive "file=$work/sector,format=raw,if=ide,snapshot=on" -chardev stdio,id=said -device isa-debugcon,iobase=0xe9,chardev=said \\
  -device isa-debug-exit,iobase=0xf4 </dev/null 2>/dev/null | head -c 3)
accelerator=qemu; [ "$said" = KVM ] && accelerator=kvm
mkdir -p ${hostRoot}
echo "$host_boot $accelerator" >"$work/answer" && chmod 644 "$work/answer" && cp "$work/answer" ${acceleratorFile}.part && mv ${acceleratorFile}.part ${acceleratorFile}
echo "$accelerator"
`;
