/** A project of so many guests on ten networks, with all a guest usually has. */
export function projectOf(guests: number): string {
  const machines = Array.from(
    { length: guests },
    (_, index) => `  - name: g${index}
    network:
      - switch: lan${index % 10}
        ip: 10.${index % 10}.${Math.floor(index / 2000)}.${10 + (Math.floor(index / 10) % 200)}
    libvirt:
      cpus: 1
      memory_mb: 128
      libvirt_type:
        cloud_image:
          name: tiny
          environment:
            INDEX: "${index}"
          setup_script: ./setup.sh
`,
  );
  const switches = Array.from({ length: 10 }, (_, index) => `      lan${index}: { subnet: 10.${index}.0.0/16 }\n`);
  return `machines:\n${machines.join('')}network:\n  ovn:\n    switches:\n${switches.join('')}`;
}
