// Placeholder until the build is written.
