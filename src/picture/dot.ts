import { machineNodes } from './nodes.ts';
import type { Topology } from './topology.ts';

/** A topology for Graphviz. */
export function toDot(topology: Topology): string {
  const { deployment, hosts, links, networks, routers } = topology;
  const nodes = machineNodes(topology);
  const lines = [
    `graph ${quoted(deployment)} {`,
    '  graph [rankdir=TB, fontname="Helvetica", nodesep=0.3, ranksep=0.7];',
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9, color="#5d6878"];',
    ...networks.map(
      ({ name, kind, subnet }) =>
        `  ${quoted(`${kind}:${name}`)} [shape=box, style="rounded,filled", fillcolor="#e6eefa", label=${quoted(withLines(name, subnet))}];`,
    ),
    ...networks.flatMap(({ name, kind, outside }) =>
      outside === undefined
        ? []
        : [
            `  ${quoted(`outside:${name}`)} [shape=ellipse, style=dashed, label=${quoted(outside)}];`,
            `  ${quoted(`outside:${name}`)} -- ${quoted(`${kind}:${name}`)};`,
          ],
    ),
    ...routers.flatMap(({ name, interfaces }) => [
      `  ${quoted(`router:${name}`)} [shape=diamond, style=filled, fillcolor="#f7ecd9", label=${quoted(name)}];`,
      ...interfaces.map(({ network, address }) => edge(`router:${name}`, `switch:${network}`, address)),
    ]),
    ...links.map(({ from, to }) => edge(`bridge:${from}`, `bridge:${to}`, undefined)),
    ...hosts.flatMap(({ name }) => [
      `  subgraph ${quoted(`cluster_${name}`)} {`,
      `    label=${quoted(name)}; style="rounded,filled"; color="#cfd6df"; fillcolor="#f4f6f9";`,
      ...nodes
        .filter(({ host }) => host === name)
        .map(({ id, title, count }) => {
          const label = count > 1 ? `${title} ×${count}` : title;
          return `    ${quoted(`machine:${id}`)} [shape=box, style=filled, fillcolor=white, label=${quoted(label)}];`;
        }),
      '  }',
    ]),
    ...nodes.flatMap(({ id, interfaces }) =>
      interfaces.map(({ network, address }) => edge(`machine:${id}`, `${networks[0]?.kind}:${network}`, address)),
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function edge(from: string, to: string, label: string | undefined): string {
  const shown = label === undefined || label === '' ? '' : ` [label=${quoted(label)}]`;
  return `  ${quoted(from)} -- ${quoted(to)}${shown};`;
}

function withLines(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join('\n');
}

function quoted(words: string): string {
  return `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
