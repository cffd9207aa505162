import type { LaterResource, Resource } from '../model/resources.ts';
import { stableJson } from '../model/stable-json.ts';
import type { EnvironmentEntry } from '../model/testbed.ts';
import type { Guest, CompileContext } from './compile-context.ts';

/** A container or an emulator, with what its carrier will need to know. */
export function compileContainer(context: CompileContext, guest: Guest): Resource[] {
  const { docker, android } = guest.machine;
  if (docker) return [later(context, guest, 'container', containerSettings(docker))];
  if (android) return [later(context, guest, 'android', androidSettings(android))];
  return [];
}

function later(
  { names, ovn }: CompileContext,
  guest: Guest,
  kind: 'container' | 'android',
  settings: Record<string, string>,
): LaterResource {
  // Only the first interface is used, as in the original.
  const [first] = guest.interfaces;
  return {
    kind,
    name: names.own(guest.name),
    host: guest.host.name,
    guest: guest.name,
    needs: first && ovn.switches.length > 0 ? [`ovn.switch-port:${first.port}`] : [],
    settings: { ...settings, ...(first ? interfaceSettings(first) : {}) },
  };
}

function interfaceSettings({ port, mac, ip, gateway }: Guest['interfaces'][number]): Record<string, string> {
  return { port, mac, ...(ip === undefined ? {} : { ip }), ...(gateway === undefined ? {} : { gateway }) };
}

function containerSettings(docker: NonNullable<Guest['machine']['docker']>): Record<string, string> {
  const { image, command, entrypoint, environment, env_file, volumes, privileged, device, user } = docker;
  return present({
    image,
    command,
    entrypoint,
    environment: environment.length === 0 ? undefined : environmentText(environment),
    env_file,
    volumes: volumes.length === 0 ? undefined : stableJson(volumes.map(({ source, target }) => `${source}:${target}`)),
    privileged: privileged ? 'true' : undefined,
    devices: device.length === 0 ? undefined : stableJson(device),
    user,
  });
}

function androidSettings({ avd, existing_avd }: NonNullable<Guest['machine']['android']>): Record<string, string> {
  if (existing_avd) return { avd: existing_avd.path };
  const services = avd!.playstore_enabled ? 'google_apis_playstore' : 'google_apis';
  return { package: `system-images;android-${avd!.android_api_version};${services};x86` };
}

/** By name: the order of keys in the file says nothing. */
function environmentText(environment: readonly EnvironmentEntry[]): string {
  return stableJson(environment.map(({ key, value }) => `${key}=${value}`).sort());
}

function present(settings: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
