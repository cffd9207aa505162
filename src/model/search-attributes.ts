/** Names of the search attributes every run carries; registered when the Temporal server starts. */
export const searchAttributeNames = {
  deployment: 'KvmComposeDeployment',
  command: 'KvmComposeCommand',
  stage: 'KvmComposeStage',
  user: 'KvmComposeUser',
  hosts: 'KvmComposeHosts',
  guests: 'KvmComposeGuests',
} as const;

/** How Temporal's own tools spell the type of an attribute. */
export type SearchAttributeType = 'Keyword' | 'KeywordList' | 'Int';

const types: Record<keyof typeof searchAttributeNames, SearchAttributeType> = {
  deployment: 'Keyword',
  command: 'Keyword',
  stage: 'Keyword',
  user: 'Keyword',
  hosts: 'KeywordList',
  guests: 'Int',
};

/** Every search attribute by its full name, with its type. */
export const searchAttributes: ReadonlyMap<string, SearchAttributeType> = new Map(
  Object.entries(searchAttributeNames).map(([key, name]) => [name, types[key as keyof typeof types]]),
);
