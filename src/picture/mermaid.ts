import { machineNodes } from './nodes.ts';
import type { Topology } from './topology.ts';

/** A topology as a Mermaid flow chart, which Markdown pages show. */
export function toMermaid(topology: Topology): string {
  const { hosts, links, networks, routers } = topology;
  const nodes = machineNodes(topology);
  const ids = new Map<string, string>();
  const id = (key: string): string => {
    const known = ids.get(key) ?? `n${ids.size}`;
    ids.set(key, known);
    return known;
  };
  const lines = [
    'flowchart TB',
    ...networks.map(({ name, subnet }) => `  ${id(`network ${name}`)}([${quoted(name, subnet)}])`),
    ...networks.flatMap(({ name, outside }) =>
      outside === undefined ? [] : [`  ${id(`outside ${name}`)}((${quoted(outside)})) --- ${id(`network ${name}`)}`],
    ),
    ...routers.flatMap(({ name, interfaces }) => [
      `  ${id(`router ${name}`)}{{${quoted(name)}}}`,
      ...interfaces.map(({ network, address }) => edge(id(`router ${name}`), id(`network ${network}`), address)),
    ]),
    ...links.map(({ from, to }) => edge(id(`network ${from}`), id(`network ${to}`), undefined)),
    ...hosts.flatMap(({ name }) => [
      `  subgraph ${id(`host ${name}`)}[${quoted(name)}]`,
      ...nodes
        .filter(({ host }) => host === name)
        .map(
          (node) =>
            `    ${id(`machine ${node.id}`)}[${quoted(node.count > 1 ? `${node.title} ×${node.count}` : node.title)}]`,
        ),
      '  end',
    ]),
    ...nodes.flatMap((node) =>
      node.interfaces.map(({ network, address }) => edge(id(`network ${network}`), id(`machine ${node.id}`), address)),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function edge(from: string, to: string, label: string | undefined): string {
  return label === undefined || label === '' ? `  ${from} --- ${to}` : `  ${from} ---|${quoted(label)}| ${to}`;
}

function quoted(...words: readonly (string | undefined)[]): string {
  const shown = words.filter((word) => word !== undefined).join('<br>');
  return `"${shown.replaceAll('"', '#quot;')}"`;
}
