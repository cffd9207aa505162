import { Failure } from '../../model/failure.ts';
import type { Checksum } from '../../model/image.ts';
import { checksumsIn } from './checksum-list.ts';
import { cannotFetch, refusedBy } from './download.ts';
import { httpGet, type HttpOptions } from './http-get.ts';

/** More than any publisher's list has. */
const longestList = 4 * 1024 * 1024;

/** The checksum a publisher's list gives for the file at an address. The list comes over TLS, or not at all. */
export async function readPublisherList(
  list: string,
  url: string,
  signal: AbortSignal | undefined,
  options: HttpOptions,
): Promise<Checksum> {
  const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1)!);
  const [checksum, ...others] = checksumsIn(await fetchList(list, signal, options), file);
  if (!checksum) {
    throw unusable(list, `does not name ${file}`, 'the publisher may have renamed it: correct the image catalogue');
  }
  if (others.length > 0) {
    const all = [checksum, ...others].map(({ hex }) => hex).join(' and ');
    throw unusable(list, `gives ${file} more than one checksum: ${all}`, 'ask the publisher, or pin one by hand');
  }
  return checksum;
}

async function fetchList(list: string, signal: AbortSignal | undefined, options: HttpOptions): Promise<string> {
  try {
    const response = await httpGet(list, { signal, onlyTls: true }, options);
    if (response.statusCode !== 200) {
      response.destroy();
      throw refusedBy(list, response.statusCode ?? 0);
    }
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk as string;
      if (text.length > longestList) throw new Error(`it is longer than ${longestList} characters`);
    }
    return text;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cannotFetch(list, cause);
  }
}

function unusable(list: string, why: string, hint: string): Failure {
  const message = `the publisher's list ${list} ${why}`;
  return new Failure({ code: 'image-missing', class: 'permanent', message, object: list, hint });
}
