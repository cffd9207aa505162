/** Names of the search attributes every run carries; registered when the Temporal server starts. */
export const searchAttributeNames = {
  deployment: 'KvmComposeDeployment',
  command: 'KvmComposeCommand',
  stage: 'KvmComposeStage',
  user: 'KvmComposeUser',
  hosts: 'KvmComposeHosts',
  guests: 'KvmComposeGuests',
} as const;
