/** A read that is about no project. */
export const aboutAll = { deployment: '', folder: '/', file: '', options: {} } as const;
