import { Failure } from '../../model/failure.ts';
import type { ImagePin, ImageToPull } from '../../model/image.ts';
import { imageLockName } from '../../state/image-lock.ts';

/** The failure of an image whose file the catalogue names and which is not there. */
export function missing(name: string, path: string): Failure {
  const message = `the file of image ${name} is not there: ${path}`;
  const hint = 'correct the image catalogue';
  return new Failure({ code: 'image-missing', class: 'permanent', message, object: name, hint });
}

/** The failure of an image that neither the catalogue nor a publisher's list says the content of. */
export function unpinned(name: string, url: string, at: string | undefined): Failure {
  const where = at === undefined ? '' : `${at}: `;
  const message = `${where}image ${name} has no checksum, so what comes from ${url} could be anything`;
  const hint =
    'write the checksum its publisher gives (sha256: HEX), or where the publisher lists checksums ' +
    '(list: https://…/SHA256SUMS), or download it and give a file (file: PATH)';
  return new Failure({ code: 'image-missing', class: 'permanent', message, object: name, hint });
}

/** The failure of an image that is not the pinned one. */
export function pinnedOtherwise(name: string, what: string, sha256: string, pin: ImagePin): Failure {
  const message =
    `image ${name}: ${what} has SHA-256 ${sha256}, and ${imageLockName} pins ${pin.sha256} ` +
    `(${pin.url}, ${pin.pinned})`;
  return new Failure({ code: 'image-pin', class: 'permanent', message, object: name, hint: howToPinAnew(name) });
}

/** Where the checksum of an image to be pulled stands, and what to do when the image has another one. */
export function originOf({ name, expected }: ImageToPull): {
  readonly what: string;
  readonly code: string;
  readonly hint: string;
} {
  switch (expected.by) {
    case 'pin':
      return { what: imageLockName, code: 'image-pin', hint: howToPinAnew(name) };
    case 'list': {
      const hint = 'the publisher may be replacing it at this moment: try again later';
      return { what: expected.list, code: 'image-unreadable', hint };
    }
    case 'catalogue': {
      const hint = 'check the checksum in the image catalogue, then try again';
      return { what: 'the image catalogue', code: 'image-unreadable', hint };
    }
  }
}

function howToPinAnew(name: string): string {
  return (
    `to use the other content, delete the entry ${name} of ${imageLockName}, and the next up pins it anew; to keep ` +
    'the pinned content, give a copy of it as a file in the image catalogue'
  );
}
