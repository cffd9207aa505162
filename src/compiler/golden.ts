import { createHash } from 'node:crypto';

import type { Resource } from '../model/resources.ts';
import { stableJson } from '../model/stable-json.ts';
import type { Machine } from '../model/testbed.ts';
import { type ImageFact, standIn } from './facts.ts';
import { imageOf, pushOf } from './images.ts';
import type { CompileContext } from './compile-context.ts';

/** What a golden image is made of: the same content is provisioned once. */
function recipeOf(
  compileContext: CompileContext,
  machine: Machine,
): { base: ImageFact; settings: Record<string, string> } | undefined {
  const { libvirt } = machine;
  const shared = libvirt?.scaling?.shared_setup;
  const image = libvirt?.libvirt_type.cloud_image;
  if (shared === undefined || !image) return undefined;
  const { facts } = compileContext;
  const base = imageOf(compileContext, libvirt);
  const script = facts.files.get(shared) ?? standIn(shared);
  const context =
    image.context === undefined ? undefined : (facts.archives.get(image.context) ?? standIn(image.context));
  return {
    base,
    settings: {
      image: base.sha256,
      script: script.sha256,
      ...(context === undefined ? {} : { context: context.sha256 }),
      environment: stableJson(image.environment.map(({ key, value }) => `${key}=${value}`).sort()),
      expandGiB: String(image.expand_gigabytes ?? 0),
    },
  };
}

/** The image a machine's clones share, once the golden image is made; undefined where there is none. */
export function goldenImage(context: CompileContext, machine: Machine): ImageFact | undefined {
  const recipe = recipeOf(context, machine);
  if (!recipe) return undefined;
  const sha256 = createHash('sha256').update(stableJson(recipe.settings)).digest('hex');
  const name = context.names.own(machine.name);
  return { sha256, size: 0, source: `golden:${name}`, format: 'qcow2', name };
}

/** Golden images, made on the main host from the image they begin with. */
export function compileGolden(context: CompileContext): Resource[] {
  const { inventory, names, testbed, facts, findings } = context;
  return testbed.machines.flatMap((machine): Resource[] => {
    const recipe = recipeOf(context, machine);
    if (!recipe) return [];
    const scaling = machine.libvirt!.scaling!;
    const script = scaling.shared_setup!;
    if (facts.files.has(script) && !facts.files.get(script)) {
      findings.preflight(scaling.at('shared_setup'), 'script-missing', `there is no readable file \`${script}\``);
    }
    const push = pushOf(context, recipe.base, inventory.main);
    const needs = [`push:${push.name}`];
    const { settings } = recipe;
    return [push, { kind: 'golden', name: names.own(machine.name), host: inventory.main, needs, settings }];
  });
}
