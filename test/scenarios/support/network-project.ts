const machine = `libvirt:
      cpus: 1
      memory_mb: 128
      libvirt_type: { cloud_image: { name: tiny, setup_script: ./name.sh } }`;

/** The text of a project with everything a network can have, on few guests; or with a few rows of it changed. */
export function networkProject({ isChanged }: { readonly isChanged: boolean }): string {
  return `
machines:
  - name: work
    placement: { host: h2 }
    network:
      - { switch: office, ip: dynamic }
      - { switch: six, ip: 'fd00:6::2' }
      - { switch: guard, ip: 10.30.0.13 }
      - { switch: blue, ip: 10.40.0.6 }
    ${machine}
  - name: server
    placement: { host: main }
    network:
      - { switch: dmz, ip: 10.20.0.10, gateway: 10.20.0.1 }
      - { switch: six, ip: 'fd00:6::1', gateway: 'fd00:6::fe' }
      - { switch: guard, ip: 10.30.0.11 }
      - { switch: red, ip: 10.40.0.6 }
    ${machine}
  - name: red
    placement: { host: h2 }
    network:
      - { switch: red, ip: 10.40.0.5 }
      - { switch: guard, ip: 10.30.0.12 }
      - { switch: seven, ip: 'fd00:7::2', gateway: 'fd00:7::fe' }
    ${machine}
  - name: blue
    placement: { host: main }
    network: [{ switch: blue, ip: 10.40.0.5 }]
    ${machine}
access: { address: { blue: 10.40.0.250 } }
network:
  ovn:
    switches:
      office: { subnet: 10.10.0.0/24 }
      dmz: { subnet: 10.20.0.0/24 }
      six: { subnet: 'fd00:6::/64', dns: ${!isChanged} }
      seven: { subnet: 'fd00:7::/112' }
      guard: { subnet: 10.30.0.0/24 }
      red: { subnet: 10.40.0.0/24 }
      blue: { subnet: 10.40.0.0/24 }
      public: { subnet: 172.16.1.0/24, ports: [{ name: ls-public, localnet: { network_name: public } }] }
    routers:
      r0:
        ports:
          - { name: r0-office, gateway_ip: 10.10.0.1/24, switch: office }
          - { name: r0-dmz, gateway_ip: 10.20.0.1/24, switch: dmz }
          - { name: r0-public, gateway_ip: 172.16.1.200/24, switch: public, set_gateway_chassis: main }
          - { name: r0-six, gateway_ip: 'fd00:6::fe/64', switch: six }
          - { name: r0-seven, gateway_ip: 'fd00:7::fe/112', switch: seven }
        static_routes: [{ prefix: ${isChanged ? '203.0.113.0/24' : '0.0.0.0/0'}, nexthop: 172.16.1.1 }]
        nat:
          - { nat_type: snat, external_ip: 172.16.1.200, logical_ip: 10.10.0.0/24 }
          - { nat_type: snat, external_ip: 172.16.1.200, logical_ip: 10.20.0.0/24 }
          - { nat_type: dnat_and_snat, external_ip: 172.16.1.${isChanged ? 211 : 210}, logical_ip: 10.20.0.10 }
        dhcp: [{ switch: office, exclude_ips: { from: 10.10.0.1, to: 10.10.0.${isChanged ? 30 : 20} } }]
    acl:
      apply_deny_all: ${!isChanged}
      switches:
        office:
          - { direction: from-lport, priority: 100, match: 'ip4.dst == {10.20.0.10, 203.0.113.1}', action: allow-related }
        guard:
          - { direction: from-lport, priority: 100, match: ip4, action: allow-related }
          - { direction: to-lport, priority: 200, match: 'ip4.src == 10.30.0.11 && ip4.dst == 10.30.0.12', action: allow-related }
`;
}
