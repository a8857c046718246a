import type { TestProject } from 'vitest/node';
import { buildProject } from './built-project.ts';

/** Builds the project for all process tests of one run, and removes it in the end. */
export default function setup(project: TestProject): () => void {
  const built = buildProject();
  project.provide('projectFolder', built.folder);
  return () => built.remove();
}
