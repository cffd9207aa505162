import * as z from 'zod';
import type { Shape } from '../shape.ts';
import { answered, host } from './host.ts';

const reach = z.object({
  namespace: z.string(),
  /** In the order in which they are to be tried; at least one. */
  routes: z.array(z.object({ link: z.string(), address: z.string() })),
  user: z.string(),
  host,
  keyFile: z.string().exactOptional(),
  knownHostKey: z.string().exactOptional(),
});

const guest = z.object({
  name: z.string(),
  host: z.string(),
  domain: z.string(),
  /** What it is doing, as observed. */
  state: z.string(),
  /** What it should be doing. */
  wanted: z.enum(['running', 'shut off']),
  addresses: z.array(z.string()),
  ready: z.boolean(),
  /** Other hosts that hold a copy of it. */
  alsoOn: z.array(z.string()).exactOptional(),
  reach: reach.exactOptional(),
});

/** A disk that outlives its guest, what a person asked for, or a second copy of something. */
const kept = z.object({
  name: z.string(),
  host: z.string(),
  what: z.string(),
  why: z.string(),
  /** Of a disk's file. */
  bytes: z.number().exactOptional(),
  /** It is there because a person asked for it. */
  asked: z.literal(true).exactOptional(),
});

/** What a deployment's guests are doing, as the hosts tell it. */
export const deploymentStatus = z.object({
  deployment: z.string(),
  hosts: z.array(z.object(answered)),
  guests: z.array(guest),
  resources: z.number(),
  missing: z.number(),
  surplus: z.number(),
  /** How many of the guests are as a person had them stopped or paused. */
  asked: z.number(),
  kept: z.array(kept),
});

/** The answer to `status`. */
export type DeploymentStatus = Shape<typeof deploymentStatus>;

/** A guest as `status` tells it. */
export type GuestStatus = Shape<typeof guest>;

/** How a guest is reached over SSH, through its host: references to keys, never keys. */
export type GuestReach = Shape<typeof reach>;
