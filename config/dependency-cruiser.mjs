import { arrows } from './arrows.mjs';

const none = '^$';
/** @param {string[]} paths */
const inSrc = (paths) => paths.map((path) => `^src/${path}`);
/** @param {string[]} names */
const nodeModules = (names) => names.map((name) => `^(node:)?${name}(/|$)`);
/** @param {string[]} names */
const packages = (names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}/`);

// For each folder: what it imports for real, what it imports as types, and what it takes from outside src.
/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const folderRules = Object.entries(arrows).flatMap(([folder, arrow]) => {
  const { why, values = [], types = [], node = [], npm = [], npmTypes = [] } = arrow;
  const own = `^src/${folder}/`;
  const rule = { severity: /** @type {const} */ ('error'), comment: why };
  return [
    {
      ...rule,
      name: `${folder}-imports`,
      from: { path: own },
      to: { path: '^src/', pathNot: [own, ...inSrc(values)], dependencyTypesNot: ['type-only'] },
    },
    {
      ...rule,
      name: `${folder}-types`,
      from: { path: own },
      to: { path: '^src/', pathNot: [own, ...inSrc(values), ...inSrc(types)] },
    },
    {
      ...rule,
      name: `${folder}-node`,
      from: { path: own },
      to: { dependencyTypes: ['core'], pathNot: [none, ...nodeModules(node)] },
    },
    {
      ...rule,
      name: `${folder}-packages`,
      from: { path: own },
      to: {
        pathNot: ['^src/', none, ...packages([...npm, ...npmTypes])],
        dependencyTypesNot: ['core'],
        couldNotResolve: false,
      },
    },
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    {
      name: 'kind-imports-kind',
      comment: 'one resource kind never knows another: a new kind is one folder and one line in the registry',
      severity: 'error',
      from: { path: '^src/resources/([^/]+)/', pathNot: '^src/resources/shared/' },
      to: { path: '^src/resources/[^/]+/', pathNot: ['^src/resources/$1/', '^src/resources/shared/'] },
    },
    {
      name: 'only-the-registry-lists-kinds',
      comment: 'what kinds share stands above them and does not lean on any of them',
      severity: 'error',
      from: {
        path: ['^src/resources/[^/]+\\.ts$', '^src/resources/shared/'],
        pathNot: '^src/resources/registry\\.ts$',
      },
      to: { path: '^src/resources/[^/]+/', pathNot: '^src/resources/shared/' },
    },
    {
      name: 'transport-imports-transport',
      comment:
        'one transport never knows another: a new one is one folder for the real carrier, one for the simulated one and ' +
        'their lines; on a simulated host one sees what others left there, so their states are seen too',
      severity: 'error',
      from: { path: '^src/adapters/(carriers|sim)/([^/]+)/' },
      to: {
        path: '^src/adapters/(carriers|sim)/[^/]+/',
        pathNot: ['^src/adapters/$1/$2/', '^src/adapters/sim/[^/]+/state\\.ts$'],
      },
    },
    {
      name: 'only-the-registrations-list-transports',
      comment: 'what transports share stands above them and does not lean on any of them',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/adapters/(carriers|sim)/[^/]+/', '^src/adapters/(sim/)?transports\\.ts$'],
      },
      to: { path: '^src/adapters/(carriers|sim)/[^/]+/' },
    },
    {
      name: 'protocol-stands-alone',
      comment: 'clients carry the protocol with them, so it must not drag the server along',
      severity: 'error',
      from: { path: '^src/gateway/protocol/' },
      to: { path: '^src/', pathNot: ['^src/gateway/protocol/', '^src/(api|model|messages)/'] },
    },
    {
      name: 'world-only-at-the-edge',
      comment:
        'files, processes and sockets are touched in three folders: there one looks for effects, and only there; ' +
        'programs reads its own sources, and nothing once it is built',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|server|bin|programs)/' },
      to: {
        path: ['^(node:)?(fs|child_process|net|dgram|tls|worker_threads|cluster)(/|$)', '(^|/)node_modules/ssh2/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'folder-without-arrow',
      comment: 'a new folder of src says in config/arrows.mjs what it may import and why',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(arrows).join('|')})/` },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'two files that need each other are one file, or miss a third',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere breaks the program when it is reached, not when it is built',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
  },
};
