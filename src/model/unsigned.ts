/** Stands in a workflow for a payload whose signature is missing or wrong; JSON so that any converter reads it. */
export const unsignedInput = { 'unsigned-input': true } as const;

/** True for what stands for an unsigned payload. */
export function isUnsigned(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'unsigned-input' in value;
}
