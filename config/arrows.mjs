// Who may import whom: one row for each folder of src, read by dependency-cruiser and by test/house.
// `values` may be imported for real, `types` only with `import type`; everything that is not listed is forbidden.

/**
 * @typedef {object} Arrow
 * @property {string} why what the arrow protects
 * @property {string[]} [values] paths under src, as regular expressions
 * @property {string[]} [types] paths under src, as regular expressions
 * @property {string[]} [node] Node's modules; ['.*'] for all
 * @property {string[]} [npm] packages; ['.*'] for all
 * @property {string[]} [npmTypes] packages whose types may be imported
 */

/** Hashing gives the same answer for the same bytes anywhere: it is the one Node module pure code may use. */
const hashing = ['crypto'];

/** @type {Record<string, Arrow>} */
export const arrows = {
  model: {
    why: 'the nouns stand alone: everybody speaks them, so they may drag nothing along',
    node: hashing,
  },
  messages: {
    why: 'the registry of codes is data that every face of the product reads',
    types: ['model/'],
  },
  programs: {
    why: 'shell programs are constants of the code that lie in files of their own; the build makes them constants again',
    node: ['fs', 'url'],
  },
  state: {
    why: 'desired and observed state are compared and printed without touching the world',
    values: ['model/'],
    node: hashing,
  },
  spec: {
    why: 'a project file means the same on every machine: reading it is a function of its text',
    values: ['model/', 'state/'],
    types: ['messages/'],
    npm: ['js-yaml', 'zod'],
  },
  compiler: {
    why: 'compiling twice gives the same bytes: no clock, no chance, no file',
    values: ['model/', 'state/', 'programs/'],
    types: ['messages/', 'resources/contract.ts'],
    node: hashing,
  },
  resources: {
    why: 'a kind knows how its things differ and are rendered, never how a plan is made or run',
    values: ['model/', 'state/'],
    types: ['messages/'],
    node: hashing,
  },
  planner: {
    why: 'deciding happens here and only here, from values alone, through the contract all kinds share',
    values: ['model/', 'state/', 'messages/', 'resources/contract.ts'],
    node: hashing,
  },
  picture: {
    why: 'a picture is a function of the topology, the same for command line, documents and page',
    values: ['model/', 'state/'],
    types: ['messages/'],
  },
  ports: {
    why: 'ports are interfaces: with no code in them, real and simulated worlds are equals',
    types: ['model/', 'resources/', 'messages/'],
    npmTypes: ['@types/node'],
    node: ['stream'],
  },
  adapters: {
    why: 'adapters do what they are told; a decision found here belongs in the planner',
    values: ['ports/', 'model/', 'state/', 'messages/', 'programs/', 'resources/shared/'],
    types: ['resources/'],
    node: ['.*'],
    npm: ['.*'],
  },
  activities: {
    why: 'activities tie pure code to ports; real adapters are handed in where a program is composed',
    values: ['spec/', 'compiler/', 'planner/', 'resources/', 'model/', 'state/', 'messages/'],
    types: ['ports/', 'workflows/(contract|signals).ts', 'api/answers/'],
    node: hashing,
    npm: ['@temporalio/activity', '@temporalio/common'],
  },
  workflows: {
    why: 'workflow code is replayed: it may only sequence and wait, on values that never change',
    values: ['planner/walk[^/]*.ts', 'model/', 'messages/'],
    types: ['activities/', 'planner/', 'api/answers/'],
    npm: ['@temporalio/workflow', '@temporalio/common'],
  },
  client: {
    why: 'all Temporal client code is here, and knows workflows by their types alone',
    values: ['messages/', 'model/'],
    types: ['workflows/', 'ports/'],
    npm: ['@temporalio/client', '@temporalio/common'],
    node: [...hashing, 'timers'],
  },
  server: {
    why: 'the supervisor starts and watches processes; what runs in them is composed in bin',
    values: ['client/', 'ports/', 'model/', 'messages/'],
    node: ['.*'],
  },
  fold: {
    why: 'what a run does is one function of its events, the same for command line, terminal UI, page and gateway',
    values: ['model/'],
    types: ['messages/'],
  },
  api: {
    why: 'every operation is said once: its schemas and its function, with no socket and no screen; page and clients load it',
    values: ['model/'],
    types: ['client/', 'ports/', 'planner/', 'state/', 'workflows/(contract|signals).ts'],
    npm: ['zod'],
  },
  gateway: {
    why: 'the gateway translates between sockets and operations; it never executes what a client describes',
    values: ['api/', 'messages/', 'model/'],
    npm: ['ws', 'zod'],
    node: ['https?', 'crypto', 'events', 'stream', 'buffer', 'url', 'timers'],
  },
  cli: {
    why: 'a command is a function of words and streams it is given, so tests run it without a process',
    values: [
      'gateway/protocol/',
      'fold/',
      'spec/',
      'compiler/',
      'planner/',
      'resources/',
      'state/',
      'messages/',
      'model/',
      'picture/',
    ],
    types: ['api/', 'ports/'],
    npm: ['commander', '@commander-js/extra-typings', 'log-update', 'string-width', 'picocolors', 'zod'],
    node: ['path', 'url', 'util', 'events', 'stream', 'timers', 'crypto'],
  },
  tui: {
    why: 'a view over the event stream: it asks the gateway, never the world',
    values: ['gateway/protocol/', 'fold/', 'messages/', 'model/', 'picture/'],
    types: ['api/'],
    npm: ['string-width', 'picocolors'],
    node: ['util', 'events', 'stream', 'readline'],
  },
  web: {
    why: 'a view over the event stream that runs in a browser: no Node at all',
    values: ['gateway/protocol/', 'fold/', 'messages/', 'model/', 'picture/'],
    types: ['api/'],
  },
  bin: {
    why: 'programs are composed here and nowhere else, so this may import everything',
    values: ['.*'],
    node: ['.*'],
    npm: ['.*'],
  },
};
