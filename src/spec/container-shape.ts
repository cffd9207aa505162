import type { AndroidMachine, DockerMachine } from '../model/testbed.ts';
import { environmentShape } from './libvirt-shape.ts';
import { pathShape } from './path-shape.ts';
import { plainScaling } from './scaling-shape.ts';
import { about, type Shape } from './shape.ts';
import { list, optional, record, required, withDefault } from './shape-collections.ts';
import { flag, integer, text } from './shape-scalars.ts';

const ignored = { static_ip: 'an interface has its address under `network`', hostname: 'it is computed' };

/** `docker` of a machine. */
export const dockerShape: Shape<DockerMachine> = record(
  {
    image: required(text),
    command: optional(text),
    entrypoint: optional(text),
    environment: withDefault(environmentShape, () => []),
    env_file: optional(pathShape),
    volumes: withDefault(
      list(record({ source: required(about('`${PWD}` is the project’s folder', pathShape)), target: required(text) })),
      () => [],
    ),
    privileged: withDefault(flag, () => false),
    device: withDefault(list(text), () => []),
    user: optional(text),
    scaling: optional(plainScaling),
  },
  { ignored },
);

/** `android` of a machine. */
export const androidShape: Shape<AndroidMachine> = record(
  {
    avd: optional(
      record({ android_api_version: required(integer({ min: 1, max: 255 })), playstore_enabled: required(flag) }),
    ),
    existing_avd: optional(record({ path: required(pathShape) })),
    scaling: optional(plainScaling),
  },
  { ignored, exactlyOne: ['avd', 'existing_avd'] },
);
