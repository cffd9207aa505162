import { checked, type Shape } from './shape.ts';
import { text } from './shape-scalars.ts';

const given = checked(text, (value) =>
  value === '' ? { code: 'bad-path', message: 'a path must not be empty' } : undefined,
);

/** A path, meant from the folder of the file it is written in; read as one from the project's folder. */
export const pathShape: Shape<string> = {
  json: given.json,
  read: (node, reading, name) => {
    const path = given.read(node, reading, name);
    return path === undefined ? undefined : pathFrom(reading.folder, path);
  },
};

/** A path that is meant from a folder; one that begins with a variable or at the root is meant from nowhere else. */
export function pathFrom(folder: string, path: string): string {
  if (folder === '' || path.startsWith('/') || path.startsWith('${')) return path;
  const steps: string[] = [];
  for (const step of `${folder}/${path}`.split('/')) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return `${folder.startsWith('/') ? '/' : ''}${steps.join('/')}`;
}

/** The folder a file is in. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}
